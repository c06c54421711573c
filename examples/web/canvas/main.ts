// Logs the contents of a canvas and the position of the ball on it: the viewer shows one over the other.
import * as rr from "@rerun-ts/web";
import { serverUrl, showStatus } from "../page.ts";

const FRAME_MS = 100;
const RADIUS = 40;

const rec = new rr.RecordingStream("rerun_ts_canvas");
void rec.connectGrpc(serverUrl);

const context = document.querySelector("canvas")?.getContext("2d");
let frame = 0;

setInterval(() => {
  if (!context) return;
  const [x, y] = draw(context, frame);
  rec.setTime("frame", frame);
  rec.setTime("time", new Date());
  // The current contents of the canvas, at the current times; another thread encodes them as JPEG.
  void rr.logImageBitmap(rec, "canvas", context.canvas);
  rec.log(
    "canvas/ball",
    new rr.Boxes2D({ centers: [x, y], halfSizes: [RADIUS, RADIUS], labels: "ball", colors: "yellow" }),
  );
  frame++;
}, FRAME_MS);

/** Draws a bouncing ball. Returns its position. */
function draw(on: CanvasRenderingContext2D, at: number): [number, number] {
  const { width, height } = on.canvas;
  const x = RADIUS + triangle(at * 7, width - 2 * RADIUS);
  const y = RADIUS + triangle(at * 11, height - 2 * RADIUS);
  on.fillStyle = "#0000c8";
  on.fillRect(0, 0, width, height);
  on.fillStyle = "#e00000";
  on.beginPath();
  on.arc(x, y, RADIUS, 0, 2 * Math.PI);
  on.fill();
  return [x, y];
}

/** A triangle wave from 0 to `size` and back. */
function triangle(way: number, size: number): number {
  return size - Math.abs((way % (2 * size)) - size);
}

showStatus(rec);
