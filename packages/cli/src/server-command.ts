import { resolve } from "node:path";
import { isRerunError } from "@rerun-ts/core";
import { ServerProcess, SHUTDOWN_SIGNALS } from "@rerun-ts/node/processes";
import type { CommandContext } from "./command/command-context.ts";
import type { ValuesOf } from "./command/command-table.ts";
import { UsageError } from "./command/usage-error.ts";
import type { SERVER } from "./server-table.ts";
import { statOf } from "@rerun-ts/node/files";

const PORT = 51_234;

/** Runs `rerun-ts server`. @throws {UsageError} if an argument is wrong */
export async function server(values: ValuesOf<typeof SERVER>, { serveStatus }: CommandContext): Promise<void> {
  const { port = PORT, bind: host = "127.0.0.1", positionals } = values;
  const datasets = positionals.flatMap((given) => ["--dataset", datasetOf(given)]);
  const origins = (values["cors-allow-origin"] ?? []).flatMap((origin) => ["--cors-allow-origin", origin]);
  let isReady = false;
  const status = await serveStatus(() => ({
    problem: isReady ? undefined : "the catalog does not accept connections yet",
    details: { catalog: `rerun+http://${host}:${port}` },
    metrics: [],
  }));
  try {
    await run(["--host", host, "--port", String(port), ...datasets, ...origins], () => {
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
  if (statOf(folder)?.isDirectory() !== true)
    throw new UsageError(`\`server\` requires folders with recordings, got ${JSON.stringify(folder)}`);
  return name === undefined ? resolve(folder) : `${name}=${resolve(folder)}`;
}

/** Runs `rerun server` until it ends, or until a signal. */
async function run(args: readonly string[], onReady: () => void): Promise<void> {
  const running = new ServerProcess({
    args,
    sharesOutput: true,
    onLine: (line) => {
      if (!line.includes("Ready for connections")) console.error(line);
    },
  });
  let isStopped = false;
  for (const signal of SHUTDOWN_SIGNALS)
    process.on(signal, () => {
      isStopped = true;
      running.signal(signal);
    });
  const started = running.ready.then(onReady, (error: unknown) => {
    // The output of a server that ends early is on standard error already.
    if (isRerunError(error) && error.code === "NOT_FOUND") throw error;
  });
  const [end] = await Promise.all([running.ended, started]);
  process.exitCode = isStopped ? 0 : typeof end === "number" ? end : 1;
}
