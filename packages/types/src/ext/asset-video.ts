import type { FieldValues } from "../define/archetype.ts";
import { AssetVideo as Generated, type AssetVideoFields } from "../gen/archetypes/asset-video.ts";
import { contentsOfBlob, expandContents, type BlobWithType, type ContentsLike, type RawContents } from "./contents.ts";

/** Options of {@link AssetVideo}. */
export type AssetVideoOptions = Omit<AssetVideoFields, "blob" | "mediaType"> & (ContentsLike | RawContents);

/**
 * A video as it is in a file: MP4. `VideoFrameReference` shows its frames over time.
 *
 * @example
 * rec.log("video", new rr.AssetVideo({ contents }), { static: true });
 */
export class AssetVideo extends Generated {
  /** A video from a `Blob` or `File` of the platform; its type counts if it is told. */
  static async fromBlob(blob: BlobWithType, options?: Omit<AssetVideoFields, "blob">): Promise<AssetVideo> {
    return new AssetVideo({ ...options, ...(await contentsOfBlob(blob, options?.mediaType)) });
  }

  protected override expand(options: FieldValues): FieldValues {
    return expandContents(options, "AssetVideo");
  }
}
