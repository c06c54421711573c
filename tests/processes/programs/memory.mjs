// Logs very much to a file and tells what memory that took: `memory.mjs <workload> <count> <file>`.
// Needs `--expose-gc`.
import { randomFillSync } from "node:crypto";
import { readFileSync } from "node:fs";
import * as rr from "@rerun-ts/node";
import { report } from "./lib/report.mjs";

const [workload, countText, file] = process.argv.slice(2);
const count = Number(countText);
const [WIDTH, HEIGHT] = [1920, 1080];

const WORKLOADS = {
  /** One loop that never gives way to timers. */
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
  /** So many that their footer is given up, and then as many again. */
  async entities() {
    const recording = await record({ maxFooterBytes: 1_000_000 });
    report({ retained: await logAndMeasure(recording, count, (row) => `first/${row}`) });
    report({ retained: await logAndMeasure(recording, count, (row) => `second/${row}`) });
    await recording.close();
  },
  /** Each row a chunk. */
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

/** Logs rows and returns how many bytes are in use when all of them have left. */
async function logAndMeasure(recording, rows, pathOf) {
  for (let row = 0; row < rows; row++) {
    recording.setTime("row", row);
    recording.log(pathOf(row), new rr.Scalars(row));
  }
  await recording.flush();
  globalThis.gc();
  // What the first collection has freed is given back in a later turn.
  await new Promise((resolve) => setTimeout(resolve));
  globalThis.gc();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** The most memory that this process ever had, where the system tells. */
function peakBytes() {
  if (process.platform !== "linux") return undefined;
  const [, kilobytes] = /VmHWM:\s+(\d+) kB/.exec(readFileSync("/proc/self/status", "utf8"));
  return Number(kilobytes) * 1024;
}
