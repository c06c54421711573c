// Logs rows in parts until it is killed, and reports the flushed ones: `parts.mjs <folder> <first row> <way>`.
import * as rr from "@rerun-ts/node";
import { report } from "./lib/report.mjs";
import { logRows } from "./lib/rows.mjs";

const ROUND_ROWS = 50;
const ROUNDS = 40;

const [folder, first, way] = process.argv.slice(2);
const recording = new rr.RecordingStream("parts", { recordingId: "killed", batcher: { flushNumRows: 10 } });
let failed = false;
await recording.saveParts(folder, { maxBytes: way === "full" ? "100kB" : "30kB", maxSeconds: 0.05 });
recording.log("note", new rr.TextDocument("static"), { static: true });
const rounds = way === "endless" ? Infinity : ROUNDS;
for (let round = 0; round < rounds; round++) {
  logRows(recording, ROUND_ROWS, Number(first) + round * ROUND_ROWS);
  if (way === "full") recording.log("noise", new rr.Tensor(Float64Array.from({ length: 20_000 }, () => Math.random())));
  await recording.flush().catch(() => (failed = true));
  if (failed) break;
  report({ end: Number(first) + (round + 1) * ROUND_ROWS });
}
if (way === "full") report({ state: recording.state });
if (way === "exit") process.exit();
