import * as rr from "@rerun-ts/web";

const WIDTH = 1280;
const HEIGHT = 720;
const FPS = 30;

/**
 * Draws to a canvas of 1280×720 in each frame of the page, until `frames` of it are logged or, without logging, would
 * be, at 30 a second.
 */
export async function logMovingCanvas(rec: rr.RecordingStream, frames: number, isLogged: boolean): Promise<void> {
  const canvas = document.createElement("canvas");
  canvas.width = WIDTH;
  canvas.height = HEIGHT;
  document.body.append(canvas);
  const context = canvas.getContext("2d");
  if (context === null) throw new Error("the page has no 2D canvas");
  const video = isLogged ? rr.video.logCanvas(rec, "canvas", canvas, { fps: FPS }) : undefined;
  const end = performance.now() + (frames * 1000) / FPS;
  for (let x = 0; performance.now() < end; x = (x + 5) % WIDTH) {
    await new Promise(requestAnimationFrame);
    context.fillStyle = "navy";
    context.fillRect(0, 0, WIDTH, HEIGHT);
    context.fillStyle = "orange";
    context.fillRect(x, HEIGHT / 3, HEIGHT / 3, HEIGHT / 3);
  }
  const stats = await video?.stop();
  if (stats !== undefined && stats.frames < frames / 2)
    throw new Error(`only ${stats.frames} of ${frames} frames of the canvas were logged`);
}
