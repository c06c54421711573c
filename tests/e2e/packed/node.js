// A program that logs to a file and to a server: node node.js FILE URL
import * as rr from "@rerun-ts/node";
import { newRecording, record } from "./record.js";

const [, , file, url] = process.argv;
const rec = newRecording(rr);
await rec.save(file);
await record(rr, rec);
await rec.close();

const live = new rr.RecordingStream("packed", { recordingId: "in Node" });
await live.connectGrpc(url);
await record(rr, live);
console.log(JSON.stringify(await live.flush({ ack: true, timeoutMs: 20_000 })));
await live.close();
