// Logs the pointer to a server. While there is none, the data waits in the storage of the browser, also without the
// page.
import * as rr from "@rerun-ts/web";
import { serverUrl, showStatus } from "../page.ts";

const rec = new rr.RecordingStream("rerun_ts_offline");
// The viewer shows the way of the pointer.
const { Spatial2DView, cursorRelative, infinite } = rr.blueprint;
const trail = { timeline: "log_time", start: infinite(), end: cursorRelative(0) };
const defaultBlueprint = new Spatial2DView({ origin: "pointer", timeRanges: [trail] });
void rec.setSink(rr.spool(new rr.GrpcSink(serverUrl)), { defaultBlueprint });
rr.sensors.logPointer(rec, "pointer");

const waiting = document.querySelector("#waiting") as HTMLElement;
setInterval(() => {
  const bytes = rec.stats().sinks[0]?.queuedBytes ?? 0;
  waiting.textContent = bytes === 0 ? "Everything was sent." : `${(bytes / 1000).toFixed(0)} kB are waiting.`;
}, 200);
showStatus(rec);
