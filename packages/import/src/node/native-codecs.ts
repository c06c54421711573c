import { brotliDecompressSync, unzipSync } from "node:zlib";

/** Functions that decompress pages of Parquet, by codec. They throw if there are more than `size` bytes. */
export const nativeCodecs: Readonly<Record<string, (bytes: Uint8Array, size: number) => Uint8Array>> = {
  GZIP: (bytes, size) => unzipSync(bytes, { maxOutputLength: Math.max(size, 1) }),
  BROTLI: (bytes, size) => brotliDecompressSync(bytes, { maxOutputLength: Math.max(size, 1) }),
};
