import { LZ4_SEARCH } from "../gen/lz4-search.ts";
import { MAX_DISTANCE, type LargeSearch, type LargeSection } from "./lz4-encode.ts";

/** The size of the parts that are searched one after the other. A match ends where its part ends. */
const PART_BYTES = 1024 * 1024;
/** The largest number of literals before a part that are not written yet. */
const MAX_LITERALS = 256 * 1024;
/** The address of the input. The table is before it, with room for reads before the first byte. */
const INPUT = 65_536;
/** The address of the block: after the bytes that matches may refer to, pending literals, and a part. */
const BLOCK = INPUT + 65_536 + MAX_LITERALS + PART_BYTES + 64;

/** The functions and memory of the module. */
interface SearchModule {
  readonly memory: WebAssembly.Memory;
  /** The position of the first literal that is not written yet. */
  readonly anchor: WebAssembly.Global<"i32">;
  /** Searches the positions from `from` to `to`, and returns the end of the sequences that it wrote to `out`. */
  search(this: void, base: number, from: number, to: number, first: number, out: number): number;
}

let search: WasmSearch | undefined;

/**
 * The search of this thread in WebAssembly, which has 2.75 MiB of memory. `undefined` where a program may not use
 * WebAssembly. Pages that forbid it would report that, so they do not try.
 */
export function wasmSearch(): LargeSearch | undefined {
  try {
    return (search ??= new WasmSearch());
  } catch {
    return undefined;
  }
}

/** Searches as `Lz4Encoder` does, in WebAssembly. */
class WasmSearch implements LargeSearch {
  anchor = 0;
  at = 0;
  readonly #module: SearchModule;
  readonly #memory: Uint8Array;
  readonly #table: Int32Array;

  constructor() {
    const bytes = Uint8Array.from(atob(LZ4_SEARCH), (character) => character.charCodeAt(0));
    this.#module = new WebAssembly.Instance(new WebAssembly.Module(bytes)).exports as unknown as SearchModule;
    const { buffer } = this.#module.memory;
    this.#memory = new Uint8Array(buffer);
    this.#table = new Int32Array(buffer, 0, 4096);
  }

  search({ source, table, from, to, target }: LargeSection): number {
    const memory = this.#memory;
    const { anchor, search: searchPart } = this.#module;
    this.#table.set(table);
    let done = from;
    while (done < to) {
      const end = Math.min(done + PART_BYTES, to);
      const start = Math.max(Math.min(done - MAX_DISTANCE, this.anchor), 0);
      if (done - start > MAX_DISTANCE + MAX_LITERALS) break;
      // Where both are aligned alike, bytes of shared memory are copied eight at a time.
      const address = INPUT + 8 + (start & 7);
      // The search looks at a few bytes more, which need not be equal.
      memory.set(source.subarray(start, end + 8), address);
      anchor.value = this.anchor;
      const blockEnd = searchPart(address - start, done, end, start, BLOCK);
      target.set(memory.subarray(BLOCK, blockEnd), this.at);
      this.at += blockEnd - BLOCK;
      this.anchor = anchor.value;
      done = end;
    }
    table.set(this.#table);
    return done;
  }
}
