// Logs points to a file, and reads them: program.mts FILE
import * as rr from "@rerun-ts/node";
import { openRrd, type RrdFile } from "@rerun-ts/reading";

const [, , path = ""] = process.argv;
const rec: rr.RecordingStream = new rr.RecordingStream("managed");
await rec.save(path);
for (let frame = 0; frame < 10; frame++) {
  rec.setTime("frame", frame);
  rec.log("points", new rr.Points3D([[frame, 0, 0]]));
}
const { complete }: { complete: boolean } = await rec.close();
const file: RrdFile = await openRrd(path);
const { numRows } = await file.recording().query({ index: "frame", contents: "/points" }).toTable();
await file.close();
console.log(JSON.stringify({ complete, numRows }));
