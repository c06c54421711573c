// A scene, and beside it the viewer that shows what the page logs of it, in the same page and without any server.
import * as rr from "@rerun-ts/web";
import { showStatus } from "../page.ts";
import { COLORS, CORNERS, TRIANGLES, rotationAt } from "./cube.ts";
import { cubePainter } from "./draw-cube.ts";

const LOG_MS = 1000 / 30;
/** Pictures are larger than poses: not all of them are logged. */
const PICTURE_EVERY = 15;
const BACKGROUND = [32, 96, 160] as const;

const rec = new rr.RecordingStream("rerun_ts_viewer");
const canvas = document.querySelector("canvas");
// The drawing buffer is kept, so that it can be read after it was shown.
const gl = canvas?.getContext("webgl", { preserveDrawingBuffer: true });
const element = document.querySelector<HTMLElement>("#viewer");

if (gl && element) {
  // What is logged before the viewer has started waits for it.
  rr.openWebViewer({
    element,
    recording: rec,
    panels: { blueprint: "hidden", selection: "hidden", top: "hidden" },
  }).catch((error: unknown) => console.error(error));
  run(gl);
}

function run(on: WebGLRenderingContext): void {
  // The shape is logged once; what moves is its frame.
  rec.log("cube", new rr.Mesh3D({ vertexPositions: CORNERS, triangleIndices: TRIANGLES, vertexColors: COLORS }), {
    static: true,
  });
  const paint = cubePainter(on, BACKGROUND);
  let frame = 0;
  setInterval(() => {
    const quaternion = rotationAt((frame * LOG_MS) / 1000);
    paint(quaternion);
    rec.setTime("frame", frame);
    rec.log("cube", new rr.Transform3D({ quaternion }));
    rec.log("angle", new rr.Scalars(2 * Math.acos(Math.min(1, Math.abs(quaternion[3])))));
    if (frame % PICTURE_EVERY === 0) rec.log("canvas", pictureOf(on));
    frame++;
  }, LOG_MS);
}

/** WebGL has the lowest row first. */
function pictureOf(on: WebGLRenderingContext): rr.Image {
  const { drawingBufferWidth: width, drawingBufferHeight: height } = on;
  const row = width * 4;
  const upsideDown = new Uint8Array(row * height);
  on.readPixels(0, 0, width, height, on.RGBA, on.UNSIGNED_BYTE, upsideDown);
  const data = new Uint8Array(row * height);
  for (let y = 0; y < height; y++) data.set(upsideDown.subarray((height - 1 - y) * row, (height - y) * row), y * row);
  return new rr.Image({ data, width, height, colorModel: "RGBA" });
}

showStatus(rec);
