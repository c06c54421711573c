// Keeps the last minute of a session in the storage of the browser, for a report of a problem.
import * as rr from "@rerun-ts/web";
import { showStatus } from "../page.ts";

const NAME = "last minute";
const rec = new rr.RecordingStream("rerun_ts_recorder");
void rec.saveToOpfs(NAME, {
  ifExists: "replace",
  onFull: "drop-oldest",
  maxAgeMs: 60_000,
  maxBytes: 50e6,
});
rr.logPointer(rec, "pointer");
rr.logPerformance(rec, "page");
rr.logNetwork(rec, "network");
rr.captureConsole(rec);

async function handOut(): Promise<void> {
  console.info("the user has asked for the recording");
  await rec.flush();
  const recording = await rr.openRecording(NAME);
  await recording.download("last-minute.rrd");
}
document.querySelector("button")?.addEventListener("click", () => void handOut());
showStatus(rec);
