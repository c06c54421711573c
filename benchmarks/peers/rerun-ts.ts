// Runs a workload with this SDK on Node: rerun-ts <program> <calls> <file, or address of a server>
// Prints one line of JSON. The data is prepared before the clock starts.
import { statSync } from "node:fs";
import * as rr from "@rerun-ts/node";
import { findProgram } from "../programs.ts";
import { peakMemory } from "./peak-memory.ts";

const [program = "", calls, target = ""] = process.argv.slice(2);
const run = findProgram(rr, program)(Number(calls));
const isLive = target.startsWith("rerun");

const rec = new rr.RecordingStream("benchmark", { recordingId: program });
if (isLive) await rec.connectGrpc(target, { waitForConnection: true });
else await rec.save(target);
rec.log("begin", new rr.TextLog("begin"), { static: true });

const blocked: number[] = [];
const cpuBefore = process.cpuUsage();
const before = performance.now();
await run(rec, measure);
if (isLive) await rec.flush({ ack: true });
const droppedRows = rec.stats().sinks.reduce((sum, sink) => sum + sink.droppedRows, 0);
await rec.close();
const seconds = (performance.now() - before) / 1000;
const cpu = process.cpuUsage(cpuBefore);
if (droppedRows > 0) throw new Error(`${droppedRows} rows were dropped`);

console.log(
  JSON.stringify({
    calls: Number(calls),
    seconds,
    cpuSeconds: (cpu.user + cpu.system) / 1e6,
    blockedMs: blocked.toSorted((a, b) => a - b)[blocked.length >> 1],
    bytes: isLive ? undefined : statSync(target).size,
    peakBytes: peakMemory(),
  }),
);

function measure(call: () => void): void {
  const start = performance.now();
  call();
  blocked.push(performance.now() - start);
}
