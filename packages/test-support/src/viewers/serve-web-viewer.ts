import { spawn } from "node:child_process";
import { once } from "node:events";
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { onLoopback } from "../node/real-server.ts";

const START_MS = 60_000;

/** A server that runs until it is closed. */
export interface Served {
  readonly url: string;
  close(this: void): Promise<void>;
}

/**
 * Serves the web viewer that the program `rerun` contains, and accepts logs for it.
 * @param rerun the path of the program
 * @param port the port that accepts logs; default: any
 */
export async function serveRealWebViewer(rerun: string, port = 0): Promise<Served> {
  const args = ["--serve-web", ...onLoopback(port), "--web-viewer-port", "0"];
  // With CI it sends no telemetry.
  const env = { ...process.env, CI: "true", NO_COLOR: "1", RUST_LOG: "info" };
  const child = spawn(rerun, args, { stdio: ["ignore", "ignore", "pipe"], env });
  const kill = (): void => void child.kill();
  process.once("exit", kill);
  const ended = once(child, "close");
  let log = "";
  child.stderr.on("data", (data) => (log += data));
  const findUrl = (): string | undefined => /Hosting a web-viewer at (http:\S+)\s/.exec(log)?.[1];
  for (const end = Date.now() + START_MS; findUrl() === undefined; await sleep(20)) {
    if (child.exitCode === null && Date.now() < end) continue;
    kill();
    throw new Error(`rerun does not serve its web viewer:\n${log}`);
  }
  const close = async (): Promise<void> => {
    kill();
    await ended;
    process.off("exit", kill);
  };
  return { url: findUrl() ?? "", close };
}

/** Serves one file to pages of any origin. */
export async function serveFile(file: string): Promise<Served> {
  const { size } = await stat(file);
  const server = createServer((_, response) => {
    response.writeHead(200, { "access-control-allow-origin": "*", "content-length": size });
    createReadStream(file)
      .on("error", () => response.destroy())
      .pipe(response);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const close = async (): Promise<void> => {
    const closed = once(server, "close");
    server.close();
    server.closeAllConnections();
    await closed;
  };
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/recording.rrd`, close };
}
