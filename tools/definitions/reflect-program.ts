import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort } from "@rerun-ts/test-support/node/free-port";
import { onLoopback } from "@rerun-ts/test-support/node/real-server";
import { reflectServer, type ReflectedProtos } from "./server-reflection.ts";

/** The services of which our messages are. A viewer without a window has all of them. */
const SERVICES: readonly string[] = ["RerunCloudService", "ViewerControlService", "MessageProxyService"];
const START_MS = 60_000;
const POLL_MS = 200;

/**
 * Starts the program `rerun`, and asks it for its messages. Returns the compiled files, as buf reads them.
 * @throws if it does not start, or lacks one of the services
 */
export async function reflectProgram(rerun: string, version: string): Promise<string> {
  const port = await freePort();
  const program = spawn(rerun, ["--headless", ...onLoopback(port)], { stdio: ["ignore", "ignore", "pipe"] });
  const output: string[] = [];
  program.stderr.on("data", (part: Buffer) => output.push(String(part)));
  const ended = once(program, "close");
  try {
    const { services, files } = await whenStarted(`http://127.0.0.1:${port}`, () => program.exitCode !== null, output);
    const missing = SERVICES.filter((name) => !services.some((service) => service.endsWith(`.${name}`)));
    if (missing.length > 0) throw new Error(`${rerun} has no ${missing.join(" and no ")}`);
    const path = join(tmpdir(), `rerun-protos-${version}.binpb`);
    writeFileSync(path, files);
    return `${path}#format=binpb`;
  } finally {
    program.kill();
    await ended;
  }
}

async function whenStarted(url: string, isOver: () => boolean, output: readonly string[]): Promise<ReflectedProtos> {
  const deadline = Date.now() + START_MS;
  for (;;) {
    try {
      return await reflectServer(url);
    } catch (error) {
      if (!isOver() && Date.now() < deadline) {
        await sleep(POLL_MS);
        continue;
      }
      const last = output.join("").trim().split("\n").at(-1) ?? "";
      throw new Error(`the program rerun cannot be asked for its messages (${last})`, { cause: error });
    }
  }
}
