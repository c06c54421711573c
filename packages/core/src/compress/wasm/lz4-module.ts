import { LZ4_WASM } from "../../gen/lz4-wasm.ts";

/** The functions and the memory of `lz4.wat`, which describes them. */
export interface Lz4Module {
  readonly memory: WebAssembly.Memory;
  readonly anchor: WebAssembly.Global<"i32">;
  readonly lastDistance: WebAssembly.Global<"i32">;
  readonly decodedFrom: WebAssembly.Global<"i32">;
  readonly decodedTo: WebAssembly.Global<"i32">;
  search(this: void, base: number, from: number, to: number, first: number, out: number): number;
  decode(this: void, from: number, end: number, at: number, least: number, limit: number): void;
}

let lz4: Lz4Module | undefined;
let isTried = false;

/** The module of this thread, which has 2.75 MiB of memory. `undefined` if the program must not use WebAssembly. */
export function lz4Module(): Lz4Module | undefined {
  if (isTried) return lz4;
  isTried = true;
  try {
    const bytes = Uint8Array.from(atob(LZ4_WASM), (character) => character.charCodeAt(0));
    lz4 = new WebAssembly.Instance(new WebAssembly.Module(bytes)).exports as unknown as Lz4Module;
  } catch {
    // As in Node with `--jitless`.
  }
  return lz4;
}
