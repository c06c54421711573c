import { InvalidValue } from "@rerun-ts/core/internal";
import { toBytes, type BlobLike } from "../input/blobs.ts";
import { readMp4Timestamps } from "./mp4-timestamps.ts";

/**
 * When each frame of an MP4 video is shown, in nanoseconds since its beginning, in the order of presentation: the values
 * for `VideoFrameReference.columns`.
 *
 * @param video the bytes of the file
 * @throws {TypeError} if it is no MP4 video, or cut off
 *
 * @example
 * const times = rr.readFrameTimestamps(bytes);
 * rec.sendColumns("video", rr.TimeColumn.duration("time", times), rr.VideoFrameReference.columns({ timestamp: times }));
 */
export function readFrameTimestamps(video: BlobLike): BigInt64Array {
  try {
    return readMp4Timestamps(toBytes(video));
  } catch (error) {
    if (error instanceof InvalidValue) throw error.toError("video");
    // A view was read beyond its end.
    if (error instanceof RangeError)
      throw new TypeError("`video` must be a whole MP4 video, got one that is cut off", { cause: error });
    throw error;
  }
}
