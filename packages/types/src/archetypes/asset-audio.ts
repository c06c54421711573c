import type { FieldValues } from "../define/archetype.ts";
import { AssetAudio as Generated, type AssetAudioFields } from "../gen/archetypes/asset-audio.ts";
import {
  contentsOfBlob,
  expandContents,
  type BlobWithType,
  type ContentsLike,
  type RawContents,
} from "../ext/contents.ts";

/** Options of {@link AssetAudio}. */
export type AssetAudioOptions = Omit<AssetAudioFields, "blob" | "mediaType"> & (ContentsLike | RawContents);

/**
 * A sound: AAC, FLAC, MP3, MP4 audio, Ogg or WAV.
 *
 * @example
 * rec.log("sound", new rr.AssetAudio({ contents }));
 */
export class AssetAudio extends Generated<AssetAudioOptions> {
  /** Creates a sound from a `Blob` or `File`. Its `type` becomes the media type, unless it is empty. */
  static async fromBlob(blob: BlobWithType, options?: Omit<AssetAudioFields, "blob">): Promise<AssetAudio> {
    return new AssetAudio({ ...options, ...(await contentsOfBlob(blob, options?.mediaType)) });
  }

  protected override expand(options: FieldValues): FieldValues {
    return expandContents(options, "AssetAudio");
  }
}
