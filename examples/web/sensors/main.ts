// Logs the sensors of a phone, and how the page runs.
import * as rr from "@rerun-ts/web";
import { serverUrl, showStatus } from "../page.ts";

const rec = new rr.RecordingStream("rerun_ts_sensors");
// The viewer shows the way of the fingers, and the most interesting of the rest.
const { Grid, MapView, Spatial2DView, TextLogView, TimeSeriesView, cursorRelative, infinite } = rr.blueprint;
const trail = { timeline: "log_time", start: infinite(), end: cursorRelative(0) };
const defaultBlueprint = new Grid([
  new Spatial2DView({ origin: "pointer", timeRanges: [trail] }),
  new MapView({ origin: "place" }),
  new TimeSeriesView({ origin: "phone/motion/acceleration" }),
  new TimeSeriesView({ origin: "phone/orientation/angles" }),
  new TimeSeriesView({ origin: "page" }),
  new TextLogView({ origin: "/" }),
]);
void rec.connectGrpc(serverUrl, { defaultBlueprint });

const button = document.querySelector("button") as HTMLButtonElement;
let stops: rr.sensors.StopSensor[] = [];
// In a click, because the browser asks the user.
button.addEventListener("click", () => {
  for (const stop of stops) stop();
  if (stops.length === 0) {
    stops = [
      rr.sensors.logPointer(rec, "pointer"),
      rr.sensors.logGeolocation(rec, "place"),
      rr.sensors.logDeviceMotion(rec, "phone/motion"),
      rr.sensors.logDeviceOrientation(rec, "phone/orientation"),
      rr.sensors.logPerformance(rec, "page"),
      rr.sensors.logNetwork(rec, "network"),
    ];
  } else stops = [];
  button.textContent = stops.length === 0 ? "Start" : "Stop";
});

showStatus(rec);
