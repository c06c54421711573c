// Logs rows and sometimes an image, and reports the flushed data, until it is killed: `endless.mjs <file>`.
import { randomFillSync } from "node:crypto";
import * as rr from "@rerun-ts/node";
import { report } from "./lib/report.mjs";
import { logRows } from "./lib/rows.mjs";

const ROUND_ROWS = 100;
const SIDE = 1000;

const recording = new rr.RecordingStream("endless");
await recording.save(process.argv[2]);
const data = randomFillSync(new Uint8Array(SIDE * SIDE * 3));
for (let round = 1; ; round++) {
  logRows(recording, ROUND_ROWS, round * ROUND_ROWS);
  if (round % 3 === 0) recording.log("image", new rr.Image({ data, width: SIDE, height: SIDE }));
  await recording.flush();
  report({ rows: round * ROUND_ROWS, images: Math.floor(round / 3) });
}
