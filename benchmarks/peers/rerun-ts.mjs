// The workloads with this SDK on Node: node rerun-ts.mjs <workload> <calls> <file or server's URL>
// Prints one line of JSON. What is logged is made before the clock starts.
import { statSync } from "node:fs";
import * as rr from "@rerun-ts/node";
import { programs } from "../programs.mjs";

const [workload, calls, target] = process.argv.slice(2);
const { prepare, run } = programs(rr)[workload];
const data = prepare(Number(calls));
const isLive = target.startsWith("rerun");

const rec = new rr.RecordingStream("benchmark", { recordingId: workload });
if (isLive) await rec.connectGrpc(target, { waitForConnection: true });
else await rec.save(target);
rec.log("begin", new rr.TextLog("begin"), { static: true });

const blocked = [];
function time(call) {
  const start = performance.now();
  call();
  blocked.push(performance.now() - start);
}

const cpuBefore = process.cpuUsage();
const before = performance.now();
await run(rec, data, time);
if (isLive) await rec.flush({ ack: true });
const droppedRows = rec.stats().sinks.reduce((sum, sink) => sum + sink.droppedRows, 0);
await rec.close();
const seconds = (performance.now() - before) / 1000;
const cpu = process.cpuUsage(cpuBefore);
if (droppedRows > 0) throw new Error(`${droppedRows} rows were given up`);

console.log(
  JSON.stringify({
    calls: Number(calls),
    seconds,
    cpuSeconds: (cpu.user + cpu.system) / 1e6,
    blockedMs: blocked.toSorted((a, b) => a - b)[blocked.length >> 1],
    bytes: isLive ? undefined : statSync(target).size,
    peakBytes: process.resourceUsage().maxRSS * 1024,
  }),
);
