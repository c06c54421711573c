// The program of the thread that decompresses zstd where Node cannot. Its decoder is twice as fast as that of pages,
// and five times as large.
import { readSync } from "node:fs";
// Not the module of the package, which allocates and copies each result once more.
import loadZstd from "@foxglove/wasm-zstd/dist/wasm-zstd.js";
import type { DecompressJob, FileRange } from "@rerun-ts/reading/source";
import { copyShared, serveJobs } from "@rerun-ts/reading/threads";

const zstd = await loadZstd();

/** Memory of the decoder that is used again. */
class DecoderMemory {
  #at = 0;
  #size = 0;

  /** Its position, with room for this many bytes. */
  take(size: number): number {
    if (this.#size >= size) return this.#at;
    zstd._free(this.#at);
    // A little more, because the next chunk is hardly of the same size.
    this.#size = size + (size >> 2);
    this.#at = zstd._malloc(this.#size);
    if (this.#at === 0) throw new Error("it has no memory");
    return this.#at;
  }
}

const input = new DecoderMemory();
const output = new DecoderMemory();

serveJobs(({ source, target }: DecompressJob): void => {
  const [from, to] = [input.take(source.byteLength), output.take(target.byteLength)];
  // The memory may just have moved.
  const memory = zstd.HEAPU8;
  if ("descriptor" in source) readFully(source, memory.subarray(from, from + source.byteLength));
  else memory.set(source, from);
  const size = zstd._decompress(to, target.byteLength, from, source.byteLength);
  if (size !== target.byteLength) throw new Error(`it has ${size} bytes`);
  copyShared(target, zstd.HEAPU8.subarray(to, to + size));
});

function readFully({ descriptor, position }: FileRange, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.byteLength;) {
    const count = readSync(descriptor, bytes, at, bytes.byteLength - at, position + at);
    if (count === 0) throw new Error("the file became shorter");
    at += count;
  }
}
