import { spawn, type ChildProcess } from "node:child_process";
import { Readable } from "node:stream";
import { setTimeout } from "node:timers/promises";
import { RerunError } from "@rerun-ts/core";
import { environmentOf } from "../spawn/find-executable.ts";
import { findFreePort, isListening } from "../net/ports.ts";
import type { ViewerFile, ViewerFiles } from "./viewer-files.ts";

/** The files of the web viewer, with the paths under which the program serves them. */
const PATHS: Readonly<Record<string, string>> = {
  "re_viewer.js": "/re_viewer.js",
  "re_viewer_bg.wasm": "/re_viewer_bg.wasm",
  "favicon.ico": "/favicon.ico",
  "sw.js": "/sw.js",
  "signed-in.html": "/signed-in",
  "signed-out.html": "/signed-out",
  "index.html": "/",
};
const LOOPBACK = "127.0.0.1";
/** How long the program may take until it listens. */
const START_MS = 15_000;
/** How often to check whether the program listens, and how long one check may take. */
const POLL_MS = 50;
const PROBE_MS = 1000;
/** The header with the length of a file that is sent in chunks. */
const LENGTH_HEADER = "rerun-final-length";

/** The files of the web viewer that the program `rerun` contains: the program is run and its files are fetched. */
export function rerunFiles(executable: string, version: string): ViewerFiles {
  return { key: `rerun-${version}`, list: () => fetchAll(executable) };
}

async function fetchAll(executable: string): Promise<readonly ViewerFile[]> {
  const [webPort, port] = [await findFreePort(), await findFreePort()];
  const args = ["--serve-web", `--web-viewer-port=${webPort}`, `--port=${port}`, `--bind=${LOOPBACK}`];
  // In a separate process group, which can be ended as a whole: the `rerun` of the Python package starts another
  // process.
  const program = spawn(executable, args, { detached: true, stdio: "ignore", env: environmentOf() });
  try {
    await untilServing(program, executable, webPort);
    return await Promise.all(Object.entries(PATHS).map(([name, path]) => fetchFile(name, webPort, path)));
  } finally {
    killGroup(program);
  }
}

async function untilServing(program: ChildProcess, executable: string, webPort: number): Promise<void> {
  let failure: string | undefined;
  program.once("error", ({ message }) => (failure = message));
  program.once("exit", (code, signal) => (failure ??= `it exited (${signal ?? `code ${code}`})`));
  const deadline = performance.now() + START_MS;
  while (!(await isListening(webPort, PROBE_MS))) {
    if (performance.now() > deadline) failure ??= `it did not serve it within ${START_MS / 1000} seconds`;
    if (failure !== undefined)
      throw new RerunError("SERVER", `cannot read the web viewer of ${executable}: ${failure}`);
    await setTimeout(POLL_MS);
  }
}

async function fetchFile(name: string, webPort: number, path: string): Promise<ViewerFile> {
  const response = await fetch(`http://${LOOPBACK}:${webPort}${path}`);
  if (!response.ok)
    throw new RerunError("SERVER", `cannot read ${path} from the program \`rerun\`: HTTP status ${response.status}`);
  const data = Buffer.from(await response.arrayBuffer());
  const length = Number(response.headers.get(LENGTH_HEADER) ?? data.length);
  if (length !== data.length)
    throw new RerunError(
      "SERVER",
      `${path} of the program \`rerun\` is truncated: received ${data.length} of ${length} bytes`,
    );
  return { name, bytes: data.length, read: () => Readable.from([data]) };
}

function killGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, "SIGTERM");
  } catch {
    // It has exited already.
  }
}
