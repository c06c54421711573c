import { MAX_DISTANCE, type LargeSearch, type LargeSection } from "../lz4-format.ts";
import type { Lz4Module } from "./lz4-module.ts";

/** The size of the parts that are searched one after the other. */
const PART_BYTES = 1024 * 1024;
/** The largest number of literals before a part that are not written yet. */
const MAX_LITERALS = 256 * 1024;
/** The address of the input, with room for reads before the first byte. */
const INPUT = 65_536;
/** The address of the sequences: after the bytes that matches may refer to, pending literals, and a part. */
const SEQUENCES = INPUT + 65_536 + MAX_LITERALS + PART_BYTES + 64;

/** Searches as `Lz4Encoder` does, in WebAssembly. */
export class WasmSearch implements LargeSearch {
  anchor = 0;
  at = 0;
  distance = 0;
  readonly #module: Lz4Module;
  readonly #memory: Uint8Array;
  readonly #table: Int32Array;

  constructor(module: Lz4Module) {
    this.#module = module;
    this.#memory = new Uint8Array(module.memory.buffer);
    this.#table = new Int32Array(module.memory.buffer, 0, 4096);
  }

  search({ source, table, from, to, target }: LargeSection): number {
    const memory = this.#memory;
    const { anchor, lastDistance, search } = this.#module;
    const end = Math.min(from + PART_BYTES, to);
    const start = Math.max(Math.min(from - MAX_DISTANCE, this.anchor), 0);
    if (from - start > MAX_DISTANCE + MAX_LITERALS) return from;
    // Where both are aligned alike, bytes of shared memory are copied eight at a time.
    const address = INPUT + 8 + (start & 7);
    // The search looks at a few bytes more.
    memory.set(source.subarray(start, end + 8), address);
    this.#table.set(table);
    anchor.value = this.anchor;
    const sequencesEnd = search(address - start, from, end, start, SEQUENCES);
    table.set(this.#table);
    target.set(memory.subarray(SEQUENCES, sequencesEnd), this.at);
    this.at += sequencesEnd - SEQUENCES;
    this.anchor = anchor.value;
    this.distance = lastDistance.value;
    return end;
  }
}
