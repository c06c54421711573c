// Logs to a disk that fills up: `full-disk.mjs <way> <file on it> <file elsewhere>`.
import { randomFillSync } from "node:crypto";
import { closeSync, openSync, writeSync } from "node:fs";
import { dirname, join } from "node:path";
import * as rr from "@rerun-ts/node";
import { report } from "./lib/report.mjs";
import { logRows, ROWS } from "./lib/rows.mjs";

const ROUNDS = 30;
const ROUND_ROWS = 100;
const CHUNKS = 100;
/** The width of images of 300 kB, six of which fill the disk. */
const SIDE = 316;

const [way, small, large] = process.argv.slice(2);
const recording = new rr.RecordingStream("full-disk");
recording.addEventListener("error", ({ sink, error: { code, message } }) => {
  // A `flush` that rejects reports an error without a sink.
  if (sink !== undefined) report({ error: { kind: sink.kind, code, message } });
});
const drops = { rows: 0 };
recording.addEventListener("drop", ({ rows }) => (drops.rows += rows));

const WAYS = {
  async "in the middle"() {
    await recording.setSinks([new rr.FileSink(small), new rr.FileSink(large)]);
    const rejections = await logMuch();
    report({ state: recording.state, rejections });
    report({ rejected: { flush: await rejection(recording.flush()), close: await rejection(recording.close()) } });
    report({ sinks: recording.stats().sinks.map(({ state, droppedRows }) => ({ state, droppedRows })) });
    report({ drops });
  },
  async "in a flush of many entities"() {
    await recording.setSinks([new rr.FileSink(small), new rr.FileSink(large)]);
    for (let entity = 0; entity < 5000; entity++) recording.log(`entities/${entity}`, new rr.Scalars(entity));
    report({ rejected: { close: await rejection(recording.close()) } });
    report({ droppedRows: recording.stats().sinks.map(({ droppedRows }) => droppedRows) });
  },
  async "and another file is next"() {
    await recording.save(small);
    await logMuch();
    await recording.save(large);
    logRows(recording);
    report({ state: recording.state });
  },
  async "and the same file is next"() {
    await recording.save(small);
    await logMuch();
    await recording.save(small);
    logRows(recording);
    report({ state: recording.state });
  },
  async "before the footer"() {
    await recording.save(small);
    await logChunks();
    fillUp();
    report({ rejected: { close: await rejection(recording.close()) } });
  },
  async "before the program ends"() {
    await recording.save(small);
    await logChunks();
    fillUp();
  },
};

await WAYS[way]();

/** Logs rows in so many chunks that the last block of the full disk has no room for the footer. */
async function logChunks() {
  const rows = ROWS / CHUNKS;
  for (let chunk = 0; chunk < CHUNKS; chunk++) {
    logRows(recording, rows, chunk * rows);
    await recording.flush();
  }
}

async function logMuch() {
  const data = randomFillSync(new Uint8Array(SIDE * SIDE * 3));
  const rejections = new Set();
  for (let round = 0; round < ROUNDS; round++) {
    logRows(recording, ROUND_ROWS, round * ROUND_ROWS);
    recording.log("image", new rr.Image({ data, width: SIDE, height: SIDE }));
    await recording.flush().catch(({ code }) => rejections.add(code));
  }
  return [...rejections];
}

function fillUp() {
  const filler = openSync(join(dirname(small), "filler"), "w");
  try {
    for (;;) writeSync(filler, new Uint8Array(4096));
  } catch {
    closeSync(filler);
  }
}

/** The code that a promise rejects with. */
async function rejection(promise) {
  return promise.then(
    () => "nothing",
    ({ code }) => code,
  );
}
