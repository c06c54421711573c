// Logs rows with a flight recorder that has a spool: `flight-recorder.mjs <folder> [throw|close]`. Reports the flushed
// rows until the test kills it, or logs 300 rows and then ends by an exception, or by closing its recording.
import { setTimeout } from "node:timers/promises";
import * as rr from "@rerun-ts/node";
import { report } from "./lib/report.mjs";

const [spool, end] = process.argv.slice(2);
const box = new rr.FlightRecorder({ seconds: 1, after: 60, spool });
const recording = new rr.RecordingStream("flight", { recordingId: "killed" });
await recording.setSinks([box]);
box.captureErrors();
box.on("dump", ({ reason, rrd }) => report({ reason, bytes: rrd.byteLength }));
recording.log("fixed", new rr.TextDocument("static"), { static: true });
recording.log("pose", new rr.Transform3D({ translation: [1, 2, 3] }));
const rows = end === undefined ? Infinity : 300;
for (let row = 0; row < rows; row++) {
  recording.setTime("row", row);
  recording.log("rows", new rr.Scalars(row));
  if (row % 10 !== 9) continue;
  await recording.flush();
  if (end === undefined) report(row + 1);
  await setTimeout(10);
}
if (end === "throw") {
  recording.log("rows", new rr.Scalars(300));
  setImmediate(() => {
    throw new TypeError("no route to the arm");
  });
  await setTimeout(60_000);
}
await recording.close();
report("closed");
