// Logs much data in a loop, to a server that does not exist, and reports the memory that it has used:
// `grpc-memory.mjs <url> <megabytes> <options>`, the options as JSON.
import { randomFillSync } from "node:crypto";
import { readFileSync } from "node:fs";
import * as rr from "@rerun-ts/node";
import { report } from "./lib/report.mjs";

const [url, megabytes, json] = process.argv.slice(2);
const ROW_BYTES = 10_000;
const MB = 1_000_000;

const idle = peakBytes();
const recording = new rr.RecordingStream("grpc-memory", { onError: () => {}, onWarning: () => {} });
void recording.connectGrpc(url, JSON.parse(json));
const rows = (Number(megabytes) * MB) / ROW_BYTES;
const data = new Uint8Array(ROW_BYTES);
for (let row = 0; row < rows; row++) {
  recording.setTime("row", row);
  recording.log("tensor", new rr.Tensor(randomFillSync(data)));
}
const { bytes } = recording.stats();
const result = await recording.close({ timeoutMs: 100 }).catch((error) => ({ code: error.code }));
// The sink ends shortly after, and has then counted all dropped rows.
await new Promise((resolve) => setTimeout(resolve, 200));
const [{ droppedRows, droppedBytes }] = recording.stats().sinks;
const { complete, code } = result;
report({ rows, bytes, droppedRows, droppedBytes, complete, code, usedBytes: peakBytes() - idle });

/** The peak memory of this process, as far as the platform reports it. */
function peakBytes() {
  const [, kilobytes] = /VmHWM:\s+(\d+) kB/.exec(readFileSync("/proc/self/status", "utf8"));
  return Number(kilobytes) * 1024;
}
