import type { RecordingView } from "@rerun-ts/core";
import { VideoStream } from "@rerun-ts/types";
import { readChunks } from "./read-chunks.ts";

/** Cameras whose groups of pictures begin at different times: the period of each, and its first key frame after 0. */
const CAMERAS: Readonly<Record<string, readonly [period: number, first: number]>> = {
  "/left": [25, 25],
  "/right": [40, 7],
};
/** The begin of a key frame of H.264, and of another one. */
const [KEY, OTHER] = [
  [0, 0, 0, 1, 0x65],
  [0, 0, 0, 1, 0x41],
];
const FRAME_BYTES = 2000;

/** Whether a frame of {@link logCameras} is a key frame. */
export function isKeyFrame(camera: string, frame: number): boolean {
  const [period, first] = CAMERAS[camera] ?? [1, 0];
  return frame === 0 || (frame - first) % period === 0;
}

/** Logs the codecs of two cameras, and the frames from `from` to `to`, exclusive, of each. */
export function logCameras(recording: RecordingView, from: number, to: number): void {
  for (const camera of Object.keys(CAMERAS)) recording.log(camera, new VideoStream("H264"), { static: true });
  for (let frame = from; frame < to; frame++) {
    for (const camera of Object.keys(CAMERAS)) {
      const head = isKeyFrame(camera, frame) ? KEY : OTHER;
      const noise = Array.from(
        { length: FRAME_BYTES },
        (_, at) => (Math.imul(frame * 3001 + at, 0x9e3779b1) >>> 24) | 2,
      );
      const sample = Uint8Array.from([...(head as number[]), ...noise]);
      recording.at({ frame }).log(camera, VideoStream.fromFields({ sample }));
    }
  }
}

/** The frames of each camera in a `.rrd`, in their order. */
export function camerasIn(rrd: Uint8Array): ReadonlyMap<string, readonly number[]> {
  const frames = new Map<string, number[]>(Object.keys(CAMERAS).map((camera) => [camera, []]));
  for (const { entityPath, times, components } of readChunks(rrd))
    if ("VideoStream:sample" in components) frames.get(entityPath)?.push(...(times["frame"] ?? []).map(Number));
  return frames;
}
