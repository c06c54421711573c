import { plainBytes } from "../arrays/plain-bytes.ts";

/** Bytes to read piece by piece, such as a file. */
export interface RandomAccess {
  /** The number of bytes. */
  readonly size: number;
  /** Reads `length` bytes from `start`, both within the size. The bytes must not change afterwards. */
  read(start: number, length: number, options?: ReadOptions): Promise<Uint8Array> | Uint8Array;
  /** Releases resources opened for reading. Default: nothing. */
  close?(): Promise<void>;
}

/** A source that may also read into memory which is there already. */
export interface OpenSource extends RandomAccess {
  /** Fills `target` with the bytes from `start`, all within the size. `undefined`: there is only `read`. */
  readonly readInto?: ((target: Uint8Array, start: number, options?: ReadOptions) => Promise<void>) | undefined;
  /** The open file, for other threads. `undefined`: there is none. */
  readonly descriptor?: number | undefined;
}

/** Progress of reading a source. */
export interface ReadProgress {
  /** The position after the last byte read. */
  readonly bytes: number;
  /** The size of the source. */
  readonly totalBytes: number;
}

/** Wraps a source, and reports the bytes that are read from it. */
export function withProgress(
  access: OpenSource,
  onProgress: ((progress: ReadProgress) => void) | undefined,
): OpenSource {
  if (onProgress === undefined) return access;
  const { readInto } = access;
  return {
    size: access.size,
    descriptor: access.descriptor,
    async read(start, length, options) {
      const bytes = await access.read(start, length, options);
      onProgress({ bytes: start + length, totalBytes: access.size });
      return bytes;
    },
    readInto:
      readInto &&
      (async (target, start, options) => {
        await readInto(target, start, options);
        onProgress({ bytes: start + target.byteLength, totalBytes: access.size });
      }),
    close: async () => access.close?.(),
  };
}

/** The way to abort reading. */
export interface ReadOptions {
  /** Ends the reading. Default: none. */
  signal?: AbortSignal | undefined;
}

/** A part of a {@link FileLike}. */
export interface BlobSlice {
  /** The bytes. */
  arrayBuffer(): Promise<ArrayBuffer>;
}

/** A file of the platform, such as `Blob` and `File`. */
export interface FileLike {
  /** The number of bytes. */
  readonly size: number;
  /** A part, from `start` to before `end`. */
  slice(start: number, end: number): BlobSlice;
}

/** Reads from bytes in memory, without copying. */
export function fromBytes(bytes: Uint8Array): RandomAccess {
  const plain = plainBytes(bytes);
  return { size: plain.byteLength, read: (start, length) => plain.subarray(start, start + length) };
}

/** Reads from a `Blob` or `File`, only the parts that are needed. */
export function fromBlob(blob: FileLike): RandomAccess {
  return {
    size: blob.size,
    read: async (start, length) => new Uint8Array(await blob.slice(start, start + length).arrayBuffer()),
  };
}
