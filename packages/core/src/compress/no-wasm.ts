import type { LargeSearch, SequenceDecoder } from "./lz4-format.ts";

/**
 * A search of large sections in WebAssembly: none, because a page may forbid WebAssembly, and would report each
 * attempt. In bundles for Node `wasm/lz4-wasm.ts` takes the place of this module.
 */
export function largeSearch(): LargeSearch | undefined {
  return undefined;
}

/** A decoder in WebAssembly: none, as {@link largeSearch}. */
export function sequenceDecoder(): SequenceDecoder | undefined {
  return undefined;
}
