import { describeValue, InvalidValueError, problemWith } from "@rerun-ts/core/checks";
import type { FieldValues } from "../define/archetype.ts";
import { toBytes, type BlobLike, type BlobsLike } from "../codecs/blobs.ts";
import type { StringsLike } from "../codecs/strings.ts";
import { requireOne } from "./require-one.ts";
import { guessMediaType, statedMediaType } from "../media/media-type.ts";

/** The bytes of a file and their media type. */
export interface ContentsLike {
  /** The bytes of the file. */
  contents: BlobLike;
  /** Default: guessed from the first bytes. Not written if they are not known. */
  mediaType?: StringsLike | null | undefined;
  blob?: never;
}

/** The bytes by the name of their field. */
export interface RawContents {
  /** The bytes of the file. */
  blob: BlobsLike | null;
  /** Default: guessed from the first bytes. Not written if they are not known. */
  mediaType?: StringsLike | null | undefined;
  contents?: never;
}

/** A `Blob` or `File`. */
export interface BlobWithType {
  /** Its media type, or an empty string. */
  readonly type: string;
  arrayBuffer(): Promise<ArrayBuffer>;
}

/**
 * The contents of a blob and its media type: the given type, or else the type of the blob. Without a specific type,
 * {@link expandContents} guesses it, and also reports values that are not blobs.
 */
export async function contentsOfBlob(blob: BlobWithType, mediaType: ContentsLike["mediaType"]): Promise<ContentsLike> {
  if (typeof (blob as Partial<BlobWithType> | null | undefined)?.arrayBuffer !== "function")
    return { noBlob: blob } as unknown as ContentsLike;
  const contents = await blob.arrayBuffer();
  return { contents, mediaType: mediaType ?? statedMediaType(blob.type) };
}

/** Converts the contents to the field `blob`, and guesses their media type if it is not given. */
export function expandContents(options: FieldValues, archetype: string): FieldValues {
  if ("noBlob" in options)
    throw new InvalidValueError("a Blob or File", describeValue(options.noBlob), false, `${archetype}.fromBlob`);
  if ("path" in options)
    throw problemWith(archetype, "has no field `path`: read the file, and pass its bytes as `contents`");
  requireOne(options, archetype, ["contents", "blob"]);
  const { contents, ...fields } = options;
  if (contents !== undefined && fields.blob !== undefined) {
    throw problemWith(`${archetype}.contents`, "cannot be combined with `blob`");
  }
  const blob = contents ?? fields.blob;
  if (blob !== undefined && blob !== null) checkNoPointer(bytesOf(blob, archetype), archetype);
  if (fields.mediaType !== undefined || blob === undefined || blob === null) return { ...fields, blob };
  return { ...fields, blob, mediaType: guessMediaType(bytesOf(blob, archetype)) };
}

const LFS = "version https://git-lfs.github.com/spec/";

function checkNoPointer(bytes: Uint8Array, archetype: string): void {
  for (let at = 0; at < LFS.length; at++) if (bytes[at] !== LFS.charCodeAt(at)) return;
  const got = "a pointer of Git LFS (run `git lfs pull`)";
  throw new InvalidValueError("the contents of a file", got, false, `${archetype}.contents`);
}

function bytesOf(blob: unknown, archetype: string): Uint8Array {
  const first: unknown = Array.isArray(blob) ? blob[0] : blob;
  if (first === undefined) return new Uint8Array(0);
  try {
    return toBytes(first);
  } catch (error) {
    const argument = `${archetype}.contents`;
    throw error instanceof InvalidValueError
      ? new InvalidValueError(error.expected, error.got, false, argument)
      : error;
  }
}
