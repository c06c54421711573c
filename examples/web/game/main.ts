// Logs what a game draws with WebGL as a video, and where the pointer is.
import * as rr from "@rerun-ts/web";
import { serverUrl, showStatus } from "../page.ts";

const SIZE = 60;

const rec = new rr.RecordingStream("rerun_ts_game");
void rec.connectGrpc(serverUrl);

const canvas = document.querySelector("canvas") as HTMLCanvasElement;
const gl = canvas.getContext("webgl") as WebGLRenderingContext;
requestAnimationFrame(function draw(now) {
  // A square that runs round the field, over a background that changes its colour.
  const angle = now / 700;
  fill([0, 0, canvas.width, canvas.height], [0.1, 0.1, 0.3 + 0.2 * Math.sin(angle / 3)]);
  const x = (canvas.width - SIZE) * (0.5 + 0.45 * Math.cos(angle));
  const y = (canvas.height - SIZE) * (0.5 + 0.45 * Math.sin(angle));
  fill([x, y, SIZE, SIZE], [1, 0.6, 0]);
  requestAnimationFrame(draw);
});

rr.video.logCanvas(rec, "game", canvas, { fps: 30, time: ({ index }) => ({ frame: index }) });
rr.sensors.logPointer(rec, "pointer", { target: canvas });

function fill([x, y, width, height]: readonly number[], [red, green, blue]: readonly number[]): void {
  gl.enable(gl.SCISSOR_TEST);
  gl.scissor(x ?? 0, y ?? 0, width ?? 0, height ?? 0);
  gl.clearColor(red ?? 0, green ?? 0, blue ?? 0, 1);
  gl.clear(gl.COLOR_BUFFER_BIT);
}

showStatus(rec);
