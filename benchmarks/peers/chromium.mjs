// The workloads with this SDK in a page: node chromium.mjs <workload> <calls> <memory:file or server's URL>
// Prints one line of JSON. What a page keeps in memory is written to the file when the clock has stopped.
import { statSync } from "node:fs";
import { runPage } from "../chromium/run-page.mjs";

const MEMORY = "memory:";

const [workload, calls, target] = process.argv.slice(2);
const saveTo = target.startsWith(MEMORY) ? target.slice(MEMORY.length) : undefined;
const options = { workload, calls: Number(calls), target: saveTo === undefined ? target : "memory", saveTo };
const { seconds, cpuSeconds, peakBytes } = await runPage(options);
console.log(
  JSON.stringify({
    calls: Number(calls),
    seconds,
    cpuSeconds,
    bytes: saveTo === undefined ? undefined : statSync(saveTo).size,
    peakBytes,
  }),
);
