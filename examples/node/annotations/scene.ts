import * as rr from "@rerun-ts/node";
export function logScene(rec: rr.RecordingStream): void {
  rec.log("log", new rr.TextLog("x"));
}
