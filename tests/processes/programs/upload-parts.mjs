// Logs rows in parts to a store until it is killed, and reports the flushed ones:
// `upload-parts.mjs <spool> <endpoint> <first row> <way>`.
import { PartsSink, s3Store } from "@rerun-ts/storage";
import * as rr from "@rerun-ts/node";
import { report } from "./lib/report.mjs";
import { logRows } from "./lib/rows.mjs";

const ROUND_ROWS = 50;

const [spool, endpoint, first, way] = process.argv.slice(2);
const recording = new rr.RecordingStream("parts", { recordingId: "killed run", batcher: { flushNumRows: 10 } });
const warnings = [];
recording.addEventListener("warning", ({ warning }) => warnings.push(warning.message));
const store = s3Store("s3://bucket/fleet", { endpoint, attempts: way === "endless" ? 6 : 2 });
const sink = new PartsSink(store, { dataset: "fleet", spool, producer: "robot", maxBytes: "20kB", maxSeconds: 0.05 });
await recording.setSinks([sink]);
recording.log("note", new rr.TextDocument("static"), { static: true });
const rounds = way === "endless" ? Infinity : 4;
for (let round = 0; round < rounds; round++) {
  logRows(recording, ROUND_ROWS, Number(first) + round * ROUND_ROWS);
  await recording.flush({ ack: way === "ack" });
  const { pendingParts, sentParts } = sink.uploads;
  report({ end: Number(first) + (round + 1) * ROUND_ROWS, pendingParts, sentParts });
}
await recording.close();
report({ warnings, ...sink.uploads });
