// Logs to many servers that do not exist, and to a file, and exits: `dead-servers.mjs <count> <file>`.
import * as rr from "@rerun-ts/node";
import { logRows } from "./lib/rows.mjs";

const [count, file] = process.argv.slice(2);
/** A port on which nothing listens. */
const DEAD = "rerun+http://127.0.0.1:1/proxy";

for (let index = 0; index < Number(count); index++) {
  const recording = new rr.RecordingStream("dead");
  await recording.setSink(new rr.GrpcSink(DEAD));
  logRows(recording, 10);
}
const last = new rr.RecordingStream("last");
await last.save(file);
logRows(last);
process.exit(0);
