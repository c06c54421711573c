// Runs a workload with this SDK in a page: chromium <program> <calls> <memory:FILE, or address of a server>
// Prints one line of JSON. What the page kept in memory is written to the file after the clock has stopped.
import { statSync } from "node:fs";
import { runPage } from "../chromium/run-page.ts";

const MEMORY = "memory:";

const [program = "", count, target = ""] = process.argv.slice(2);
const calls = Number(count);
const saveTo = target.startsWith(MEMORY) ? target.slice(MEMORY.length) : undefined;
const run = await runPage({ program, calls, target: saveTo === undefined ? target : "memory", saveTo });
const bytes = saveTo === undefined ? undefined : statSync(saveTo).size;
console.log(
  JSON.stringify({ calls, seconds: run.seconds, cpuSeconds: run.cpuSeconds, bytes, peakBytes: run.peakBytes }),
);
