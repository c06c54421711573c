// Logs much data to a file and reports the memory that it has used: `memory.mjs <workload> <count> <file>`.
// Needs `--expose-gc`.
import { randomFillSync } from "node:crypto";
import { readFileSync } from "node:fs";
import * as rr from "@rerun-ts/node";
import { report } from "./lib/report.mjs";

const [workload, countText, file] = process.argv.slice(2);
const count = Number(countText);
const [WIDTH, HEIGHT] = [1920, 1080];
/** Entities that are logged once more before memory is measured. */
const SETTLING = 1500;

const WORKLOADS = {
  /** A loop that never yields. */
  async scalars() {
    const recording = await record({});
    for (let row = 0; row < count; row++) {
      recording.setTime("row", row);
      recording.log("rows", new rr.Scalars(row));
    }
    await recording.close();
  },
  async images() {
    const recording = await record({});
    const data = randomFillSync(new Uint8Array(WIDTH * HEIGHT * 3));
    for (let row = 0; row < count; row++) {
      recording.setTime("row", row);
      recording.log("image", new rr.Image({ data, width: WIDTH, height: HEIGHT }));
    }
    await recording.close();
  },
  /** Logs so many entities that the footer is omitted, and then as many again. */
  async entities() {
    // Without flushes in between: builders are kept for as many entities as the last flush had.
    const recording = await record({ batcher: { flushTickMs: 3_600_000 }, maxFooterBytes: 1_000_000 });
    for (const name of ["first", "second"]) {
      const pathOf = (row) => `${name}/${row}`;
      await logAndMeasure(recording, count, pathOf);
      report({ retained: await logAndMeasure(recording, SETTLING, pathOf) });
    }
    await recording.close();
  },
  /** One chunk per row. */
  async chunks() {
    const recording = await record({ batcher: { flushNumRows: 0 } });
    const before = await logAndMeasure(recording, 10_000, () => "rows");
    const after = await logAndMeasure(recording, count, () => "rows");
    report({ bytesPerChunk: (after - before) / count });
    await recording.close();
  },
  async "too many chunks for the footer"() {
    const recording = await record({ batcher: { flushNumRows: 0 }, maxFooterBytes: 100_000 });
    recording.addEventListener("warning", ({ warning }) => report({ warning: warning.message }));
    await logAndMeasure(recording, count, () => "rows");
    report(await recording.close().then(({ complete, droppedRows }) => ({ complete, droppedRows })));
  },
};

await WORKLOADS[workload]();
report({ peak: peakBytes() });

async function record({ batcher, ...options }) {
  const recording = new rr.RecordingStream("memory", { batcher });
  await recording.save(file, options);
  return recording;
}

/** Logs rows, and returns the memory that is in use when all of them are written. */
async function logAndMeasure(recording, rows, pathOf) {
  for (let row = 0; row < rows; row++) {
    recording.setTime("row", row);
    recording.log(pathOf(row), new rr.Scalars(row));
  }
  await recording.flush();
  globalThis.gc();
  // Memory that the first collection has freed is released in a later task.
  await new Promise((resolve) => setTimeout(resolve));
  globalThis.gc();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** The peak memory of this process, as far as the platform reports it. */
function peakBytes() {
  if (process.platform !== "linux") return undefined;
  const [, kilobytes] = /VmHWM:\s+(\d+) kB/.exec(readFileSync("/proc/self/status", "utf8"));
  return Number(kilobytes) * 1024;
}
