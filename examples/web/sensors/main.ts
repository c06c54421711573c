// Logs the sensors of a phone, and how the page runs.
import * as rr from "@rerun-ts/web";
import { serverUrl, showStatus } from "../page.ts";

const rec = new rr.RecordingStream("rerun_ts_sensors");
void rec.connectGrpc(serverUrl);

const button = document.querySelector("button") as HTMLButtonElement;
let stops: rr.StopSensor[] = [];
// In a click, because the browser asks the user.
button.addEventListener("click", () => {
  for (const stop of stops) stop();
  if (stops.length === 0) {
    stops = [
      rr.logPointer(rec, "pointer"),
      rr.logGeolocation(rec, "place"),
      rr.logDeviceMotion(rec, "phone/motion"),
      rr.logDeviceOrientation(rec, "phone/orientation"),
      rr.logPerformance(rec, "page"),
      rr.logNetwork(rec, "network"),
    ];
  } else stops = [];
  button.textContent = stops.length === 0 ? "Start" : "Stop";
});

showStatus(rec);
