import type { LargeSearch, SequenceDecoder } from "../lz4-format.ts";
import { lz4Module } from "./lz4-module.ts";
import { WasmDecoder } from "./wasm-decoder.ts";
import { WasmSearch } from "./wasm-search.ts";

let search: WasmSearch | undefined;
let decoder: WasmDecoder | undefined;

/** The search of this thread in WebAssembly. `undefined` if the program must not use WebAssembly. */
export function largeSearch(): LargeSearch | undefined {
  if (search !== undefined) return search;
  const module = lz4Module();
  return module && (search = new WasmSearch(module));
}

/** The decoder of this thread in WebAssembly. `undefined` as for {@link largeSearch}. */
export function sequenceDecoder(): SequenceDecoder | undefined {
  if (decoder !== undefined) return decoder;
  const module = lz4Module();
  return module && (decoder = new WasmDecoder(module));
}
