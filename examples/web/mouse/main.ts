// Logs the position and speed of the pointer at each move: a live chart in the viewer.
import * as rr from "@rerun-ts/web";
import { serverUrl, showStatus } from "../page.ts";

const TRAIL = 40;

const rec = new rr.RecordingStream("rerun_ts_mouse");
void rec.connectGrpc(serverUrl);

// The style of the curves is logged once: static data applies at all times.
rec.log("chart/x", new rr.SeriesLines({ colors: "orange", names: "x" }), { static: true });
rec.log("chart/y", new rr.SeriesLines({ colors: "deepskyblue", names: "y" }), { static: true });
rec.log("speed", new rr.SeriesLines({ colors: "limegreen", names: "pixels per second" }), { static: true });

const canvas = document.querySelector("canvas");
const context = canvas?.getContext("2d");
const trail: { x: number; y: number; ms: number }[] = [];
let move = 0;

canvas?.addEventListener("pointermove", ({ offsetX, offsetY, timeStamp }) => {
  const scale = canvas.width / canvas.clientWidth;
  const [x, y] = [offsetX * scale, offsetY * scale];
  const last = trail.at(-1);
  trail.push({ x, y, ms: timeStamp });
  if (trail.length > TRAIL) trail.shift();

  // Times for these calls only: the number of the move, and its timestamp.
  const at = rec.at({ move: move++, pointer: { duration: timeStamp / 1000 } });
  at.log("chart/x", new rr.Scalars(x));
  at.log("chart/y", new rr.Scalars(y));
  if (last !== undefined && timeStamp > last.ms) {
    at.log("speed", new rr.Scalars((Math.hypot(x - last.x, y - last.y) / (timeStamp - last.ms)) * 1000));
  }
  at.log("field/trail", new rr.LineStrips2D([trail], { colors: "orange", radii: 2 }));
  draw();
});

function draw(): void {
  if (!context) return;
  context.clearRect(0, 0, context.canvas.width, context.canvas.height);
  context.strokeStyle = "orange";
  context.lineWidth = 4;
  context.beginPath();
  for (const { x, y } of trail) context.lineTo(x, y);
  context.stroke();
}

showStatus(rec);
