import { kindOf } from "@rerun-ts/core/checks";

/**
 * A frame as it is displayed, if its pixels are stored in another orientation. Anything else is returned unchanged:
 * `createImageBitmap` squeezes such frames into their size in storage, and encoders store them lying.
 */
export function uprightFrame<Source>(source: Source): Source | OffscreenCanvas {
  if (kindOf(source) !== "VideoFrame") return source;
  const frame = source as VideoFrame & { readonly rotation?: number; readonly flip?: boolean };
  if ((frame.rotation ?? 0) === 0 && frame.flip !== true) return source;
  const { displayWidth, displayHeight } = frame;
  const canvas = new OffscreenCanvas(displayWidth, displayHeight);
  canvas.getContext("2d")?.drawImage(frame, 0, 0, displayWidth, displayHeight);
  return canvas;
}
