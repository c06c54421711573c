// A scene, and beside it the viewer with what the page logs of it: in the same page, without a server.
import * as rr from "@rerun-ts/web";
import { showStatus } from "../page.ts";
import { COLORS, CORNERS, TRIANGLES, rotationAt } from "./cube.ts";
import { cubePainter } from "./draw-cube.ts";

const LOG_MS = 1000 / 30;
/** Images are larger than poses, so only every 15th frame has one. */
const IMAGE_EVERY = 15;
const BACKGROUND = [32, 96, 160] as const;

const rec = new rr.RecordingStream("rerun_ts_viewer");
const canvas = document.querySelector("canvas");
// Preserves the drawing buffer, so that it can be read after it was shown.
const gl = canvas?.getContext("webgl", { preserveDrawingBuffer: true });
const element = document.querySelector<HTMLElement>("#viewer");

if (gl && element) {
  // Data that is logged before the viewer has started is buffered.
  rr.viewer
    .openWebViewer({
      element,
      recording: rec,
      panels: { blueprint: "hidden", selection: "hidden", top: "hidden" },
    })
    .catch((error: unknown) => console.error(error));
  run(gl);
}

function run(on: WebGLRenderingContext): void {
  // The shape is logged once; only its transform changes.
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
    if (frame % IMAGE_EVERY === 0) rec.log("canvas", readImage(on));
    frame++;
  }, LOG_MS);
}

/** The pixels of the canvas; WebGL stores the bottom row first. */
function readImage(on: WebGLRenderingContext): rr.Image {
  const { drawingBufferWidth: width, drawingBufferHeight: height } = on;
  const row = width * 4;
  const upsideDown = new Uint8Array(row * height);
  on.readPixels(0, 0, width, height, on.RGBA, on.UNSIGNED_BYTE, upsideDown);
  const data = new Uint8Array(row * height);
  for (let y = 0; y < height; y++) data.set(upsideDown.subarray((height - 1 - y) * row, (height - y) * row), y * row);
  return new rr.Image({ data, width, height, colorModel: "RGBA" });
}

showStatus(rec);
