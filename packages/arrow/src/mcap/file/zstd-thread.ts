import { openDecompressThread } from "#threads";
import type { OpenSource } from "../../source/random-access.ts";
import { ThreadLost, type DecompressJob, type FileRange, type WorkThread } from "../../source/work-thread.ts";
import type { StoredBytes } from "./records.ts";
import { isZstdThreaded, zstdDecoder } from "./zstd-decoder.ts";

/**
 * Decompresses zstd in another thread, or in this one if there can be none. A result is valid until as many later calls
 * have begun as there may be at once.
 */
export class ZstdThread {
  readonly #access: OpenSource;
  readonly #maxBytes: number;
  readonly #thread: WorkThread<DecompressJob, void> | undefined;
  readonly #inputs: readonly SharedMemory[];
  readonly #results: readonly SharedMemory[];
  #count = 0;
  #isClosed = false;

  /**
   * @param access the file
   * @param maxCalls the most calls at once
   * @param maxBytes more data is decompressed in this thread
   */
  constructor(access: OpenSource, maxCalls: number, maxBytes: number) {
    this.#access = access;
    this.#maxBytes = maxBytes;
    this.#inputs = Array.from({ length: maxCalls }, () => new SharedMemory());
    this.#results = Array.from({ length: maxCalls }, () => new SharedMemory());
    this.#thread = isZstdThreaded ? undefined : openDecompressThread(access.size);
  }

  /** Whether the other thread works, or may still start. */
  get isThreaded(): boolean {
    return this.#thread !== undefined;
  }

  /** Decompresses to `size` bytes. For damaged data, it rejects, or the result has another length. */
  async decode(bytes: Uint8Array | StoredBytes, size: number): Promise<Uint8Array> {
    const thread = this.#thread;
    if (thread === undefined || bytes.byteLength + size > this.#maxBytes) return this.#decodeHere(bytes, size);
    const count = this.#count++;
    const target = (this.#results[count % this.#results.length] as SharedMemory).take(size);
    const source =
      this.#sourceOf(bytes) ??
      (this.#inputs[count % this.#inputs.length] as SharedMemory).copyOf(await this.#load(bytes));
    if ((await thread.started) || this.#isClosed) {
      try {
        await thread.run({ source, target });
        return target;
      } catch (error) {
        if (!(error instanceof ThreadLost) || this.#isClosed) throw error;
      }
    }
    return this.#decodeHere(bytes, size);
  }

  async #decodeHere(bytes: Uint8Array | StoredBytes, size: number): Promise<Uint8Array> {
    const decode = await zstdDecoder();
    return decode(await this.#load(bytes), size);
  }

  /** The bytes as the other thread reads them itself. */
  #sourceOf(bytes: Uint8Array | StoredBytes): FileRange | undefined {
    const { descriptor } = this.#access;
    if (bytes instanceof Uint8Array || descriptor === undefined) return undefined;
    return { descriptor, position: bytes.position, byteLength: bytes.byteLength };
  }

  #load(bytes: Uint8Array | StoredBytes): Uint8Array | Promise<Uint8Array> {
    return bytes instanceof Uint8Array ? bytes : this.#access.read(bytes.position, bytes.byteLength);
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
