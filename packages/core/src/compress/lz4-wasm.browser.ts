import type { LargeSearch, SequenceDecoder } from "./lz4-format.ts";

/** A page may forbid WebAssembly, and would report each attempt. */
export function largeSearch(): LargeSearch | undefined {
  return undefined;
}

/** As {@link largeSearch}. */
export function sequenceDecoder(): SequenceDecoder | undefined {
  return undefined;
}
