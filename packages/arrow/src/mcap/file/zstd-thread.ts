import { openDecompressThread } from "#threads";
import { ThreadLost, type DecompressJob, type WorkThread } from "../../source/work-thread.ts";
import { zstdDecoder } from "./zstd-decoder.ts";

/**
 * Decompresses zstd in another thread, or in this one if there can be none. A result is valid until as many later calls
 * have begun as there may be at once.
 */
export class ZstdThread {
  readonly #maxBytes: number;
  readonly #thread: WorkThread<DecompressJob, void> | undefined;
  readonly #inputs: readonly SharedMemory[];
  readonly #results: readonly SharedMemory[];
  #count = 0;
  #isClosed = false;

  /**
   * @param fileBytes the size of the file
   * @param maxCalls the most calls at once
   * @param maxBytes more data is decompressed in this thread
   */
  constructor(fileBytes: number, maxCalls: number, maxBytes: number) {
    this.#maxBytes = maxBytes;
    this.#inputs = Array.from({ length: maxCalls }, () => new SharedMemory());
    // One more, which is read meanwhile.
    this.#results = Array.from({ length: maxCalls + 1 }, () => new SharedMemory());
    this.#thread = openDecompressThread(fileBytes);
  }

  /** Whether the other thread works, or may still start. */
  get isThreaded(): boolean {
    return this.#thread !== undefined;
  }

  /** Decompresses to `size` bytes. For damaged data, it rejects, or the result has another length. */
  async decode(bytes: Uint8Array, size: number): Promise<Uint8Array> {
    const thread = this.#thread;
    if (thread === undefined || bytes.byteLength + size > this.#maxBytes) return (await zstdDecoder())(bytes, size);
    // Copied before anything is awaited, because the caller uses its memory for the next chunk.
    const count = this.#count++;
    const input = (this.#inputs[count % this.#inputs.length] as SharedMemory).copyOf(bytes);
    const target = (this.#results[count % this.#results.length] as SharedMemory).take(size);
    if ((await thread.started) || this.#isClosed) {
      try {
        await thread.run({ bytes: input, target });
        return target;
      } catch (error) {
        if (!(error instanceof ThreadLost) || this.#isClosed) throw error;
      }
    }
    return (await zstdDecoder())(input, size);
  }

  /** Ends the other thread. What it has not done rejects. */
  close(): void {
    this.#isClosed = true;
    this.#thread?.close();
  }
}

/** Memory of both threads that is used again. */
class SharedMemory {
  /** Shared memory once there is a thread: most pages have none. */
  #bytes: Uint8Array = new Uint8Array(0);

  take(size: number): Uint8Array {
    // A little more, because the next chunk is hardly of the same size.
    if (this.#bytes.byteLength < size) this.#bytes = new Uint8Array(new SharedArrayBuffer(size + (size >> 2)));
    return this.#bytes.subarray(0, size);
  }

  copyOf(bytes: Uint8Array): Uint8Array {
    const copy = this.take(bytes.byteLength);
    copy.set(bytes);
    return copy;
  }
}
