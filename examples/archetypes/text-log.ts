import * as rr from "@rerun-ts/web";

const rec = new rr.RecordingStream("text_log");
const lines = [
  ["INFO", "planning a path"],
  ["WARN", "no path found"],
  ["INFO", "trying again"],
  ["ERROR", "blocked"],
] as const;
for (const [step, [level, text]] of lines.entries()) {
  rec.setTime("step", step);
  rec.log("planner", new rr.TextLog(text, { level }));
}
