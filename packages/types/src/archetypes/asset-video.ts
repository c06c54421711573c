import type { FieldValues } from "../define/archetype.ts";
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

  protected override expand(options: FieldValues): FieldValues {
    return expandContents(options, "AssetVideo");
  }
}
