import * as zlib from "node:zlib";

/** The decoder that Node has from 22.15 on. */
interface ZstdDecoder {
  zstdDecompressSync?(this: void, bytes: Uint8Array, options: { maxOutputLength: number }): Uint8Array;
}

const { zstdDecompressSync } = zlib as ZstdDecoder;

/** Decompresses zstd to at most `size` bytes. `undefined`: this runtime has no decoder. */
export const nativeZstd: ((bytes: Uint8Array, size: number) => Uint8Array) | undefined =
  zstdDecompressSync && ((bytes, size) => zstdDecompressSync(bytes, { maxOutputLength: size }));
