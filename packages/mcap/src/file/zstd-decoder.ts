import { nativeZstd } from "#native-zstd";

/**
 * Decompresses zstd to `size` bytes. For damaged data, the result has another length, or the decoder throws or rejects.
 */
export type ZstdDecoder = (bytes: Uint8Array, size: number) => Uint8Array | Promise<Uint8Array>;

/** The memory of WebAssembly never shrinks: larger data is decompressed by JavaScript. */
const MAX_WASM_BYTES = 64 * 1024 * 1024;

/** Whether the decoder works in another thread. */
export const isZstdThreaded: boolean = nativeZstd !== undefined;

let decoder: Promise<ZstdDecoder> | undefined;

/**
 * The fastest available decoder, loaded once: that of Node from 22.15 on, WebAssembly, or JavaScript if a page forbids
 * WebAssembly.
 */
export function zstdDecoder(): Promise<ZstdDecoder> {
  return (decoder ??= load());
}

async function load(): Promise<ZstdDecoder> {
  if (nativeZstd !== undefined) return nativeZstd;
  const { decompress } = await import("fzstd");
  const inScript = (bytes: Uint8Array, size: number): Uint8Array => decompress(bytes, new Uint8Array(size));
  try {
    const { ZSTDDecoder } = await import("zstddec");
    const wasm = new ZSTDDecoder();
    await wasm.init();
    return (bytes, size) =>
      bytes.byteLength + size > MAX_WASM_BYTES ? inScript(bytes, size) : wasm.decode(bytes, size);
  } catch {
    return inScript;
  }
}
