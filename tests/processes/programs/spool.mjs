// Logs rows into a spool, and reports the flushed rows, until the test kills it:
// `spool.mjs <folder> <url> <first row>`. Without a first row it sends the rows that other programs have left, and
// ends. With `exit` it logs 1,000 rows, reports and exits at once; with `leave` it just has nothing left to do then.
import { randomFillSync } from "node:crypto";
import * as rr from "@rerun-ts/node";
import { report } from "./lib/report.mjs";
import { logRows } from "./lib/rows.mjs";

const ROUND_ROWS = 20;
const SIDE = 200;

const [directory, url, first, end] = process.argv.slice(2);
const options = { recordingId: `from ${first ?? "nowhere"}`, batcher: { flushNumRows: 0 }, onWarning: () => {} };
const recording = new rr.RecordingStream("spool", options);
const sink = url.startsWith("ws") ? new rr.WebSocketSink(url) : new rr.GrpcSink(url);
// Much data waits after many kills: none of it may be dropped for its size.
await recording.setSink(rr.spool(sink, { directory, maxBytes: 64e9 }));
if (first === undefined) {
  report(await recording.flush({ ack: true, timeoutMs: 600_000 }));
  await recording.close();
} else if (end !== undefined) {
  logRows(recording);
  report("logged");
  if (end === "exit") process.exit(0);
} else {
  recording.log("fixed", new rr.Scalars(Number(first)), { static: true });
  const data = randomFillSync(new Uint8Array(SIDE * SIDE * 3));
  for (let round = 1; ; round++) {
    logRows(recording, ROUND_ROWS, Number(first) + (round - 1) * ROUND_ROWS);
    recording.log("image", new rr.Image({ data, width: SIDE, height: SIDE }));
    await recording.flush();
    report(round * ROUND_ROWS);
  }
}
