/** The decoder of `@foxglove/wasm-zstd`, which works in memory of its own. */
declare module "@foxglove/wasm-zstd/dist/wasm-zstd.js" {
  /** Functions on positions in the memory. */
  interface ZstdModule {
    readonly HEAPU8: Uint8Array<ArrayBuffer>;
    _malloc(this: void, size: number): number;
    _free(this: void, at: number): void;
    /** Returns the number of bytes, or a negative number at damaged data. */
    _decompress(this: void, to: number, toSize: number, from: number, fromSize: number): number;
  }

  export default function loadZstd(): Promise<ZstdModule>;
}
