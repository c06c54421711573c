import * as rr from "@rerun-ts/web";

const rec = new rr.RecordingStream("state_configuration");
const look = { values: ["idle", "driving"], labels: ["Idle", "On its way"], colors: ["dimgray", "limegreen"] };
rec.log("robot/mode", new rr.StateConfiguration(look), { static: true });
for (const [second, state] of [
  [0, "idle"],
  [3, "driving"],
  [7, "idle"],
  [9, "driving"],
  [12, "idle"],
] as const) {
  rec.setTime("time", { duration: second });
  rec.log("robot/mode", new rr.StateChange({ state }));
}
