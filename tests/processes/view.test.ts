import { once } from "node:events";
import { existsSync, readdirSync, readlinkSync } from "node:fs";
import { appendFile, truncate, writeFile } from "node:fs/promises";
import type { Socket } from "node:net";
import { join } from "node:path";
import { openSocket, sendRaw } from "@rerun-ts/test-support/node/raw-http";
import { describe, expect, onTestFinished } from "vitest";
import { RelayProgram } from "./harness/relay-program.ts";
import { damagedFile, it } from "./harness/test.ts";

/** More bytes than the buffers of a connection on this machine hold. */
const LARGE_BYTES = 64 * 1024 * 1024;

interface View {
  readonly program: RelayProgram;
  readonly path: string;
  /** The URL that serves the file. */
  readonly url: URL;
}

/** Runs `rerun-ts view` with one file of zeros, in a process that may have run other commands. */
async function view(folder: string, bytes: number, ...args: string[]): Promise<View> {
  const path = damagedFile(join(folder, "recording.rrd"));
  await writeFile(path, "RRF2");
  await truncate(path, bytes);
  await writeFile(join(folder, "index.html"), "the viewer");
  const options = ["--port", "0", "--no-open", "--assets", folder, ...args];
  const program = await RelayProgram.startWarm(["view", ...options, path], /^The web viewer is at /);
  return { program, path, url: new URL(new URL(program.url).searchParams.get("url") ?? "") };
}

/** Begins as many downloads over one connection, and stops reading at the first bytes. */
async function beginDownload(url: URL, count = 1): Promise<Socket> {
  const socket = openSocket(url.href);
  onTestFinished(() => void socket.destroy());
  for (let left = count; left > 0; left--)
    socket.write(getRequest(url.pathname, "localhost", left === 1 ? "close" : "keep-alive"));
  await once(socket, "readable");
  return socket;
}

/** The responses of a connection until it ends: their bodies, as far as they were sent. */
async function finishDownload(socket: Socket): Promise<string[]> {
  const pieces: Buffer[] = [];
  socket.on("data", (piece: Buffer) => pieces.push(piece));
  await once(socket, "close");
  const text = Buffer.concat(pieces).toString("latin1");
  return text.split(/HTTP\/1\.1 [^]*?\r\n\r\n/).slice(1);
}

function getRequest(path: string, host: string, connection: "close" | "keep-alive"): string {
  return `GET ${path} HTTP/1.1\r\nHost: ${host}\r\nConnection: ${connection}\r\n\r\n`;
}

describe("rerun-ts view", () => {
  it.skipIf(!existsSync("/proc/self/fd"))("closes a file whose download is aborted", async ({ folder }) => {
    const { program, path, url } = await view(folder, LARGE_BYTES);
    const openFiles = (): number => {
      const descriptors = `/proc/${program.pid}/fd`;
      const targets = readdirSync(descriptors).map((name) => {
        try {
          return readlinkSync(join(descriptors, name));
        } catch {
          return ""; // Closed since the folder was read.
        }
      });
      return targets.filter((target) => target === path).length;
    };
    // Each connection has asked for the file more often, and waits for that, too.
    const downloads = await Promise.all(Array.from({ length: 5 }, () => beginDownload(url, 12)));
    await expect.poll(openFiles).toBe(60);
    for (const download of downloads) download.destroy();
    await expect.poll(openFiles, { timeout: 10_000 }).toBe(0);
    // Node closes forgotten files at some time, and warns of that. From version 25 on it throws.
    expect((await program.interrupt()).stderr).not.toContain("Warning");
  });

  it("sends no more of a growing file than it has announced", async ({ folder }) => {
    const { path, url } = await view(folder, LARGE_BYTES);
    const download = await beginDownload(url);
    await appendFile(path, "appended");
    const [body = ""] = await finishDownload(download);
    expect(body.length).toBe(LARGE_BYTES);
    const [next = ""] = await finishDownload(await beginDownload(url));
    expect(next.slice(LARGE_BYTES)).toBe("appended");
  });

  it("closes the connection early when a file becomes shorter, so that nothing follows the missing bytes", async ({
    folder,
  }) => {
    const { path, url } = await view(folder, LARGE_BYTES);
    const download = await beginDownload(url, 2);
    await truncate(path, 1000);
    const bodies = await finishDownload(download);
    expect(bodies.length).toBe(1);
    expect(bodies[0]?.length).toBeLessThan(LARGE_BYTES);
    expect((await finishDownload(await beginDownload(url, 2))).map(({ length }) => length)).toEqual([1000, 1000]);
  });

  it("rejects requests for foreign host names, as after DNS rebinding", async ({ folder }) => {
    const { url } = await view(folder, 12, "--allow-host", "*.robot.local");
    const statusFor = async (path: string, host: string): Promise<string> => {
      const response = await sendRaw(url.href, getRequest(path, host, "close"));
      return response.split(" ")[1] ?? "";
    };
    for (const path of ["/?url=shown", url.pathname]) {
      expect(await statusFor(path, `evil.example:${url.port}`)).toBe("403");
      for (const host of [url.host, "localhost", "a.robot.local:1234"]) expect(await statusFor(path, host)).toBe("200");
    }
  });
});
