import * as rr from "@rerun-ts/web";

const rec = new rr.RecordingStream("state_change");
for (const [second, state] of [
  [0, "idle"],
  [3, "driving"],
  [7, "charging"],
  [12, "driving"],
] as const) {
  rec.setTime("time", { duration: second });
  rec.log("robot/mode", new rr.StateChange({ state }));
}
