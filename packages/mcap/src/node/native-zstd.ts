import * as zlib from "node:zlib";

/** Options of the decoder. `chunkSize` is the size of its first output buffer. */
interface ZstdOptions {
  readonly maxOutputLength: number;
  readonly chunkSize: number;
}

/** The decoder that Node has from 22.15 on. */
interface ZstdDecoder {
  zstdDecompress?(
    this: void,
    bytes: Uint8Array,
    options: ZstdOptions,
    done: (error: Error | null, result: Uint8Array) => void,
  ): void;
}

/** The least `chunkSize` that Node takes. */
const MIN_CHUNK_SIZE = 64;

const { zstdDecompress } = zlib as ZstdDecoder;

/**
 * Decompresses zstd to at most `size` bytes in another thread, which reads `bytes` until then. `undefined`: this
 * runtime has no decoder.
 */
export const nativeZstd: ((bytes: Uint8Array, size: number) => Promise<Uint8Array>) | undefined =
  zstdDecompress &&
  ((bytes, size) =>
    new Promise((resolve, reject) => {
      // One piece with a byte to spare: Node would allocate another piece for a full one, and join both.
      const chunkSize = Math.max(size + 1, MIN_CHUNK_SIZE);
      zstdDecompress(bytes, { maxOutputLength: size, chunkSize }, (error, result) =>
        error === null ? resolve(result) : reject(error),
      );
    }));
