import { spawn } from "node:child_process";
import { once } from "node:events";
import { statSync } from "node:fs";
import { resolve } from "node:path";
import { createInterface } from "node:readline";
import { RerunError } from "@rerun-ts/core";
import { environmentOf, findExecutable } from "../spawn/find-executable.ts";
import { SHUTDOWN_SIGNALS } from "../stdout/suspend-shutdown.ts";
import { STATUS_FLAGS, startStatus } from "./status-server.ts";
import { parseCommand, UsageError, integerOf } from "./arguments.ts";

const PORT = 51_234;
/** The output of `rerun server` once it accepts connections. */
const READY = /Ready for connections/;

/** Runs `rerun-ts server`. @throws {UsageError} if an argument is wrong */
export async function server(args: string[]): Promise<void> {
  const { values, positionals } = parseCommand(args, {
    port: { type: "string" },
    bind: { type: "string" },
    "cors-allow-origin": { type: "string", multiple: true },
    ...STATUS_FLAGS,
  });
  const port = integerOf("--port", values.port) ?? PORT;
  const host = values.bind ?? "127.0.0.1";
  const program = findExecutable({ executableName: undefined, executablePath: undefined });
  const datasets = positionals.flatMap((given) => ["--dataset", datasetOf(given)]);
  const origins = (values["cors-allow-origin"] ?? []).flatMap((origin) => ["--cors-allow-origin", origin]);
  let isReady = false;
  const status = await startStatus("server", values, () => ({
    problem: isReady ? undefined : "the catalog does not accept connections yet",
    details: { catalog: `rerun+http://${host}:${port}` },
    metrics: [],
  }));
  try {
    await run(program, ["server", "--host", host, "--port", String(port), ...datasets, ...origins], () => {
      isReady = true;
      console.log(`Catalog at rerun+http://${host}:${port}`);
    });
  } finally {
    await status?.stop();
  }
}

/** A folder with the name of its dataset, in the form of an argument of `rerun server`. @throws {UsageError} if it does not exist */
function datasetOf(given: string): string {
  const [, name, folder = given] = /^([\w.\- [\]]+)=(.*)$/s.exec(given) ?? [];
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true)
    throw new UsageError(`\`server\` requires folders with recordings, got ${JSON.stringify(folder)}`);
  return name === undefined ? resolve(folder) : `${name}=${resolve(folder)}`;
}

/** Runs a program until it ends, or until a signal. */
async function run(program: string, args: readonly string[], onReady: () => void): Promise<void> {
  const isWindows = process.platform === "win32";
  // A separate process group: `rerun` may be a launcher, whose end would leave the server running.
  const child = spawn(program, args, {
    stdio: ["ignore", "inherit", "pipe"],
    env: environmentOf(),
    detached: !isWindows,
  });
  const end = (signal: NodeJS.Signals): void => {
    if (child.pid === undefined || child.exitCode !== null) return;
    if (isWindows) child.kill(signal);
    else process.kill(-child.pid, signal);
  };
  let isStopped = false;
  for (const signal of SHUTDOWN_SIGNALS)
    process.on(signal, () => {
      isStopped = true;
      end(signal);
    });
  createInterface(child.stderr).on("line", (line) => {
    if (READY.test(line)) onReady();
    else console.error(line);
  });
  const failed = once(child, "error").then(([error]) => {
    throw new RerunError("NOT_FOUND", `cannot start ${program}: ${String(error)}`, { cause: error });
  });
  const [code] = (await Promise.race([once(child, "exit"), failed])) as [number | null];
  process.exitCode = isStopped ? 0 : (code ?? 1);
}
