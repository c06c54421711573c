import { MAX_DISTANCE, type SequenceDecoder } from "../lz4-format.ts";
import type { Lz4Module } from "./lz4-module.ts";

/** The largest parts of a block, and of the decompressed bytes. Both have room for excess reads and writes. */
const PART_BYTES = 1024 * 1024;
/** The address of the part of the block. */
const BLOCK = 65_536;
/** The address of the decompressed bytes that matches may refer to. Those of the part follow them. */
const OUTPUT = BLOCK + PART_BYTES + 64;

/** Decodes sequences in WebAssembly. */
export class WasmDecoder implements SequenceDecoder {
  from = 0;
  at = 0;
  readonly #module: Lz4Module;
  readonly #memory: Uint8Array;

  constructor(module: Lz4Module) {
    this.#module = module;
    this.#memory = new Uint8Array(module.memory.buffer);
  }

  decode(block: Uint8Array, target: Uint8Array, start: number): void {
    const memory = this.#memory;
    const { decode, decodedFrom, decodedTo } = this.#module;
    const [end, size] = [block.byteLength, target.byteLength];
    let [from, at] = [0, start];
    for (;;) {
      const blockEnd = Math.min(from + PART_BYTES, end);
      memory.set(from === 0 && blockEnd === end ? block : block.subarray(from, blockEnd), BLOCK);
      const least = Math.max(at - MAX_DISTANCE, 0);
      if (least < at) memory.set(target.subarray(least, at), OUTPUT);
      const output = OUTPUT + at - least;
      const limit = output + Math.min(size - at, PART_BYTES);
      decode(BLOCK, BLOCK + blockEnd - from, output, OUTPUT, limit);
      const done = decodedTo.value - output;
      if (done > 0) target.set(memory.subarray(output, output + done), at);
      from += decodedFrom.value - BLOCK;
      at += done;
      // In small parts, what remains is the last sequence, or does not fit. It may be damaged, too.
      if (done < MAX_DISTANCE || from >= end) break;
    }
    this.from = from;
    this.at = at;
  }
}
