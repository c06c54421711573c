// A page that sends a table to a recording of another package.
import { sendDataframe } from "@rerun-ts/reading";
import * as rr from "@rerun-ts/web";
import { tableFromArrays } from "apache-arrow";

const rec = new rr.RecordingStream("packed");
rec.memoryRecording();
const table = tableFromArrays({ frame: new BigInt64Array([0n, 1n]), "/a:value": new Float64Array([1, 2]) });
globalThis.sentRows = (await sendDataframe(rec, table, { index: "frame" })).rows;
