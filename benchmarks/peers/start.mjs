// Logs one row to a file with this SDK on Node: start.mjs <file>
import { RecordingStream, Scalars } from "@rerun-ts/node";

const rec = new RecordingStream("benchmark", { recordingId: "start" });
await rec.save(process.argv[2]);
rec.log("scalar", new Scalars(1));
await rec.flush();
