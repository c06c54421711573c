import { InvalidValueError } from "@rerun-ts/core/checks";
import { toBytes, type BlobLike } from "../codecs/blobs.ts";
import { readMp4Timestamps } from "./mp4/mp4-timestamps.ts";

/**
 * Reads the presentation time of each frame of an MP4 video. Times are in nanoseconds since the first frame, or as
 * stored in a fragmented file, and in ascending order, as values for `VideoFrameReference.columns`. As in Rerun's
 * viewer, edit lists are ignored.
 *
 * @param video the bytes of the file
 * @throws {TypeError} if it is not an MP4 video, or truncated
 *
 * @example
 * const times = rr.files.readFrameTimestamps(bytes);
 * rec.sendColumns("video", rr.TimeColumn.duration("time", times), rr.VideoFrameReference.columns({ timestamp: times
 * }));
 */
export function readFrameTimestamps(video: BlobLike): BigInt64Array {
  try {
    return readMp4Timestamps(toBytes(video));
  } catch (error) {
    if (error instanceof InvalidValueError) throw error.toError("video");
    // A read went beyond the end of the view.
    if (error instanceof RangeError)
      throw new TypeError("`video` must be a whole MP4 video, got a truncated or damaged file", { cause: error });
    throw error;
  }
}
