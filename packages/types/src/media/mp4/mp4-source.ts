import { invalidArgument, isBlob, isBuffer, isUint8Array } from "@rerun-ts/core/checks";

/** A file of which parts are read. */
export interface Mp4Source {
  /** Its size in bytes. */
  readonly size: number;
  /** Reads bytes, which are all in the file. */
  read(offset: number, length: number): Promise<Uint8Array>;
}

/** Contents of a video file: bytes, a `Blob` or a `File`, or a source of which parts are read. */
export type Mp4Contents = Uint8Array | ArrayBuffer | Blob | Mp4Source;

/** A source of parts for contents. @throws {TypeError} if they are something else */
export function mp4SourceOf(contents: Mp4Contents): Mp4Source {
  if (isUint8Array(contents))
    return { size: contents.byteLength, read: async (offset, length) => contents.subarray(offset, offset + length) };
  if (isBuffer(contents)) return mp4SourceOf(new Uint8Array(contents));
  if (isBlob(contents)) {
    const read = async (offset: number, length: number): Promise<Uint8Array> =>
      new Uint8Array(await contents.slice(offset, offset + length).arrayBuffer());
    return { size: contents.size, read };
  }
  const isSource = typeof contents === "object" && contents !== null && "read" in contents && "size" in contents;
  if (isSource) return contents;
  throw invalidArgument("source", "the bytes of a video, or a Blob", contents);
}
