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
rr.sensors.logPointer(rec, "pointer");
rr.sensors.logPerformance(rec, "page");
rr.sensors.logNetwork(rec, "network");
rr.captureConsole(rec);

async function handOut(): Promise<void> {
  console.info("the user has asked for the recording");
  await rec.flush();
  const recording = await rr.opfs.openRecording(NAME);
  await recording.download("last-minute.rrd");
}
document.querySelector("button")?.addEventListener("click", () => void handOut());
showStatus(rec);
