// Runs a workload with this SDK in a page: chromium --packages <checkout> [--worker | --bare] <program> <calls>
// <memory:FILE, address of a server, or read:FILE> [<steps of the file to read>]
// Prints one line of JSON. Writes the data that the page kept in memory to the file after the clock has stopped.
import { statSync } from "node:fs";
import { parseArgs } from "node:util";
import { runPage } from "../chromium/run-page.ts";

const MEMORY = "memory:";
const READ = "read:";

const { values, positionals } = parseArgs({
  options: { packages: { type: "string" }, worker: { type: "boolean" }, bare: { type: "boolean" } },
  allowPositionals: true,
});
const [program = "", count, target = "", steps] = positionals;
const calls = Number(count);
const saveTo = target.startsWith(MEMORY) ? target.slice(MEMORY.length) : undefined;
const reads = target.startsWith(READ) ? { file: target.slice(READ.length), steps: Number(steps) } : undefined;
const run = await runPage({
  program,
  calls,
  target: saveTo === undefined ? target : "memory",
  usesWorker: values.worker,
  isBare: values.bare,
  checkout: values.packages,
  saveTo,
  reads,
});
const bytes = saveTo === undefined ? undefined : statSync(saveTo).size;
const { seconds, cpuSeconds, peakBytes, value, longTasksMs } = run;
const longestTaskMs = reads === undefined ? undefined : Math.max(0, ...longTasksMs);
console.log(JSON.stringify({ calls, seconds, cpuSeconds, bytes, peakBytes, value, longestTaskMs }));
