// A page that logs points while it draws them, and offers the recording as a download.
import * as rr from "@rerun-ts/web";
import { cloudAt, logFrame, logStart } from "./scene.ts";

const rec = new rr.RecordingStream("rerun_ts_points");
const context = document.querySelector("canvas")?.getContext("2d");
const status = document.querySelector("#status");
let frame = 0;

logStart(rec);
requestAnimationFrame(function draw() {
  logFrame(rec, frame);
  if (context) {
    const { width, height } = context.canvas;
    context.clearRect(0, 0, width, height);
    for (const { x, y, color } of cloudAt(frame)) {
      context.fillStyle = color;
      context.fillRect(width / 2 + x * 60, height / 2 - y * 60, 6, 6);
    }
  }
  if (status) status.textContent = `${rec.stats().rows} rows logged`;
  frame++;
  requestAnimationFrame(draw);
});

document.querySelector("button")?.addEventListener("click", () => {
  void rec.download("points.rrd");
});
