import type { FieldValues } from "../define/archetype.ts";
import { EncodedImage as Generated, type EncodedImageFields } from "../gen/archetypes/encoded-image.ts";
import {
  contentsOfBlob,
  expandContents,
  type BlobWithType,
  type ContentsLike,
  type RawContents,
} from "../ext/contents.ts";

/** Options of {@link EncodedImage}. */
export type EncodedImageOptions = Omit<EncodedImageFields, "blob" | "mediaType"> & (ContentsLike | RawContents);

/**
 * An image file: JPEG, PNG and others.
 *
 * @example
 * rec.log("camera", new rr.EncodedImage({ contents }));
 */
export class EncodedImage extends Generated<EncodedImageOptions> {
  /** Creates an image from a `Blob` or `File`. Its `type` becomes the media type, unless it is empty. */
  static async fromBlob(blob: BlobWithType, options?: Omit<EncodedImageFields, "blob">): Promise<EncodedImage> {
    return new EncodedImage({ ...options, ...(await contentsOfBlob(blob, options?.mediaType)) });
  }

  protected override expand(options: FieldValues): FieldValues {
    return expandContents(options, "EncodedImage");
  }
}
