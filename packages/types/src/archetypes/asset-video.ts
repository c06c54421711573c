import type { FieldValues } from "../define/archetype.ts";
import type { BlobLike } from "../codecs/blobs.ts";
import { readFrameTimestamps } from "../media/read-frame-timestamps.ts";
import { AssetVideo as Generated, type AssetVideoFields } from "../gen/archetypes/asset-video.ts";
import {
  contentsOfBlob,
  expandContents,
  type BlobWithType,
  type ContentsLike,
  type RawContents,
} from "../ext/contents.ts";

/** Options of {@link AssetVideo}. */
export type AssetVideoOptions = Omit<AssetVideoFields, "blob" | "mediaType"> & (ContentsLike | RawContents);

/**
 * A video file: MP4. `VideoFrameReference` shows its frames over time.
 *
 * @example
 * rec.log("video", new rr.AssetVideo({ contents }), { static: true });
 */
export class AssetVideo extends Generated<AssetVideoOptions> {
  /** Creates a video from a `Blob` or `File`. Its `type` becomes the media type, unless it is empty. */
  static async fromBlob(blob: BlobWithType, options?: Omit<AssetVideoFields, "blob">): Promise<AssetVideo> {
    return new AssetVideo({ ...options, ...(await contentsOfBlob(blob, options?.mediaType)) });
  }

  /**
   * Reads the presentation time of each frame from the bytes, like `readFrameTimestamps`. Times are in nanoseconds
   * since the beginning and in ascending order.
   *
   * @throws {TypeError} if the bytes are not an MP4 video, or truncated
   *
   * @example
   * const video = await rr.files.readAssetVideo("drive.mp4");
   * const times = video.readFrameTimestamps();
   * rec.log("video", video, { static: true });
   * rec.sendColumns("video", rr.TimeColumn.duration("time", times), rr.VideoFrameReference.columns({ timestamp: times
   * }));
   */
  readFrameTimestamps(): BigInt64Array {
    return readFrameTimestamps(this.values.blob as BlobLike);
  }

  protected override expand(options: FieldValues): FieldValues {
    return expandContents(options, "AssetVideo");
  }
}
