// Logs rows to a file and to a relay, and ends in one of several ways: `ends.js WAY FILE URL RECORDING_ID ROWS`.
import * as rr from "@rerun-ts/node";

const [way, file, url, recordingId, rows] = process.argv.slice(2);
const MINUTE_MS = 60_000;

const WAYS = {
  "ends without closing"() {},
  "throws an uncaught exception"() {
    setImmediate(() => {
      throw new Error("not caught");
    });
  },
  "does not handle a rejection"() {
    void Promise.reject(new Error("not caught"));
  },
  "calls process.exit"() {
    process.exit(0);
  },
  "calls Deno.exit"() {
    Deno.exit(0);
  },
  "is interrupted"() {
    rr.installShutdownSignals();
    setTimeout(() => {}, MINUTE_MS);
    console.log("ready");
  },
};

const rec = new rr.RecordingStream("runtimes", { recordingId });
await rec.setSinks([new rr.FileSink(file), new rr.GrpcSink(url)]);
for (let row = 0; row < Number(rows); row++) {
  rec.setTime("row", row);
  rec.log("rows", new rr.Scalars(row));
}
WAYS[way]();
