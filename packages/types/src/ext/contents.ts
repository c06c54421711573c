import { InvalidValue, describeValue } from "@rerun-ts/core/internal";
import type { FieldValues } from "../define/archetype.ts";
import { toBytes, type BlobLike, type BlobsLike } from "../input/blobs.ts";
import type { TextsLike } from "../input/texts.ts";
import { guessMediaType } from "../media/media-type.ts";

/** The bytes of a file, and of what kind they are. */
export interface ContentsLike {
  /** The bytes of the file. */
  contents: BlobLike;
  /** Default: guessed from how the bytes begin; not written if that does not tell. */
  mediaType?: TextsLike | null | undefined;
  blob?: never;
}

/** The bytes under the name of their field. */
export interface RawContents {
  /** The bytes of the file. */
  blob: BlobsLike | null;
  /** Default: guessed from how the bytes begin; not written if that does not tell. */
  mediaType?: TextsLike | null | undefined;
  contents?: never;
}

/** A `Blob` or `File` of the platform. */
export interface BlobWithType {
  /** Its media type, or an empty text. */
  readonly type: string;
  arrayBuffer(): Promise<ArrayBuffer>;
}

/** The contents of a blob, and its media type: the one given, or the blob's own, else to be guessed. */
export async function contentsOfBlob(blob: BlobWithType, mediaType: ContentsLike["mediaType"]): Promise<ContentsLike> {
  const contents = await blob.arrayBuffer();
  return { contents, mediaType: mediaType ?? (blob.type === "" ? undefined : blob.type) };
}

/** The contents as the field `blob`, and their media type, if it was not given and the bytes tell it. */
export function expandContents(options: FieldValues, archetype: string): FieldValues {
  const { contents, ...fields } = options;
  if (contents !== undefined && fields.blob !== undefined) {
    throw new InvalidValue("given without `blob`", describeValue(contents), false, `${archetype}.contents`);
  }
  const blob = contents ?? fields.blob;
  if (fields.mediaType !== undefined || blob === undefined || blob === null) return { ...fields, blob };
  return { ...fields, blob, mediaType: guessMediaType(bytesOf(blob, archetype)) };
}

function bytesOf(blob: unknown, archetype: string): Uint8Array {
  const first: unknown = Array.isArray(blob) ? blob[0] : blob;
  if (first === undefined) return new Uint8Array(0);
  try {
    return toBytes(first);
  } catch (error) {
    const argument = `${archetype}.contents`;
    throw error instanceof InvalidValue ? new InvalidValue(error.expected, error.got, false, argument) : error;
  }
}
