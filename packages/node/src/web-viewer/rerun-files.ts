import { spawn, type ChildProcess } from "node:child_process";
import { Readable } from "node:stream";
import { RerunError } from "@rerun-ts/core";
import { environmentOf } from "../spawn/find-executable.ts";
import { findFreePort } from "../net/ports.ts";
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
/** Longest time until the program listens. */
const START_MS = 15_000;
/** The log level of the message with the address of the web viewer. */
const LOG_LEVEL = "info";
/** Length of the program's output that is searched for that, in characters. */
const MAX_OUTPUT = 64 * 1024;
/** The header with the length of a file that is sent in chunks. */
const LENGTH_HEADER = "rerun-final-length";

/** The files of the web viewer in the program `rerun`: starts the program, and fetches the files from it. */
export function rerunFiles(executable: string, version: string): ViewerFiles {
  return { key: `rerun-${version}`, list: () => fetchAll(executable) };
}

async function fetchAll(executable: string): Promise<readonly ViewerFile[]> {
  const [webPort, port] = [await findFreePort(), await findFreePort()];
  const args = ["--serve-web", `--web-viewer-port=${webPort}`, `--port=${port}`, `--bind=${LOOPBACK}`];
  // In a separate process group, so that all processes can be ended: the `rerun` of the Python package starts another
  // one.
  const program = spawn(executable, args, {
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...environmentOf(), RUST_LOG: LOG_LEVEL },
  });
  try {
    await untilServing(program, executable, webPort);
    // Fetch one file after the other: the server has few threads, and keep-alive connections occupy them.
    const files: ViewerFile[] = [];
    for (const [name, path] of Object.entries(PATHS)) files.push(await fetchFile(name, webPort, path));
    return files;
  } finally {
    killGroup(program);
    // A descendant that survives must not keep this process alive.
    program.stdout.destroy();
    program.stderr.destroy();
  }
}

/**
 * Settles when the program reports the URL of the web viewer, which it does when it listens. A connection to the port
 * proves nothing: another program may have taken the port first, and its page would be served from then on.
 */
async function untilServing(program: ChildProcess, executable: string, webPort: number): Promise<void> {
  const served = new RegExp(String.raw`https?://\S+:${webPort}\b`);
  let timer: NodeJS.Timeout | undefined;
  const failure = await new Promise<string | undefined>((resolve) => {
    timer = setTimeout(() => resolve(`it did not serve it within ${START_MS / 1000} seconds`), START_MS);
    program.once("error", ({ message }) => resolve(message));
    program.once("close", (code, signal) => resolve(`it exited (${signal ?? `code ${code}`})`));
    for (const output of [program.stdout, program.stderr]) {
      let text = "";
      output?.setEncoding("utf8").on("data", (piece: string) => {
        text = (text + piece).slice(-MAX_OUTPUT);
        if (served.test(text)) resolve(undefined);
      });
    }
  });
  clearTimeout(timer);
  if (failure !== undefined)
    throw new RerunError("VIEWER_FAILED", `cannot read the web viewer of ${executable}: ${failure}`);
}

async function fetchFile(name: string, webPort: number, path: string): Promise<ViewerFile> {
  const response = await fetch(`http://${LOOPBACK}:${webPort}${path}`, { signal: AbortSignal.timeout(START_MS) });
  if (!response.ok)
    throw new RerunError(
      "VIEWER_FAILED",
      `cannot read ${path} from the program \`rerun\`: HTTP status ${response.status}`,
    );
  const data = Buffer.from(await response.arrayBuffer());
  const length = Number(response.headers.get(LENGTH_HEADER) ?? data.length);
  if (length !== data.length)
    throw new RerunError(
      "VIEWER_FAILED",
      `${path} of the program \`rerun\` is truncated: received ${data.length} of ${length} bytes`,
    );
  return { name, bytes: data.length, read: () => Readable.from([data]) };
}

function killGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, "SIGTERM");
  } catch {
    // The process has exited already.
  }
}
