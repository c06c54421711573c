import { mkdir, mkdtemp, rm } from "node:fs/promises";
import * as nodeModule from "node:module";
import { join } from "node:path";
import { run } from "@rerun-ts/test-support/node/run";
import { compiledPath } from "./compile-programs.ts";
import { outputFolder } from "./run-peers.ts";
import { timesOf, type Times } from "./times.ts";

const STARTS = { full: 25, quick: 5 };

/** The processor time from the import of this SDK until the first row is in a file, in milliseconds. */
export interface StartRow {
  readonly alone: Times;
  /** With a full compile cache of Node. `undefined` on Node 20, which has none. */
  readonly cached: Times | undefined;
}

/** Starts programs that log a row, with and without the compile cache of Node in turns. */
export async function measureStartRow(size: "full" | "quick"): Promise<StartRow> {
  await mkdir(outputFolder, { recursive: true });
  const folder = await mkdtemp(join(outputFolder, "start-row-"));
  const cache = "enableCompileCache" in nodeModule ? { NODE_COMPILE_CACHE: join(folder, "cache") } : undefined;
  const [alone, cached]: [number[], number[]] = [[], []];
  try {
    // The first start fills the cache.
    if (cache !== undefined) await startRow(folder, cache);
    for (let start = 0; start < STARTS[size]; start++) {
      alone.push(await startRow(folder, {}));
      if (cache !== undefined) cached.push(await startRow(folder, cache));
    }
  } finally {
    await rm(folder, { recursive: true });
  }
  return { alone: timesOf(alone), cached: cache && timesOf(cached) };
}

/** Formats the result for a console. */
export function formatStartRow({ alone, cached }: StartRow): string {
  const format = ({ least, median }: Times): string =>
    `${least.toFixed(1)} ms at least, ${median.toFixed(1)} ms median`;
  const rest = cached === undefined ? "" : `; with a compile cache ${format(cached)}`;
  return `Processor time from import to the first row in a file: ${format(alone)}${rest}`;
}

async function startRow(folder: string, env: NodeJS.ProcessEnv): Promise<number> {
  const program = compiledPath("peers/start-row.mjs");
  const { code, output } = await run(process.execPath, [program, join(folder, "row.rrd")], { capture: true, env });
  if (code !== 0) throw new Error(`${program} failed:\n${output}`);
  return Number(output);
}
