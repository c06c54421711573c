import { copyShared, openDecompressThread } from "#threads";
import type { OpenSource } from "../../source/random-access.ts";
import { ThreadLost, type DecompressJob, type FileRange, type WorkThread } from "../../source/work-thread.ts";
import type { StoredBytes } from "./records.ts";
import { zstdDecoder } from "./zstd-decoder.ts";

/** Decompresses zstd in another thread, or in this one if there can be none. */
export class ZstdThread {
  readonly #access: OpenSource;
  readonly #maxBytes: number;
  readonly #thread: WorkThread<DecompressJob, void> | undefined;
  /** Memory of both threads that is used again, and that of results. */
  readonly #free: Uint8Array<SharedArrayBuffer>[] = [];
  readonly #lent = new Set<ArrayBufferLike>();
  #isClosed = false;

  /**
   * @param access the file
   * @param maxBytes more data is decompressed in this thread
   */
  constructor(access: OpenSource, maxBytes: number) {
    this.#access = access;
    this.#maxBytes = maxBytes;
    this.#thread = openDecompressThread(access.size);
  }

  /** Whether the other thread works, or may still start. */
  get isThreaded(): boolean {
    return this.#thread !== undefined;
  }

  /**
   * Decompresses to `size` bytes, which may be memory for {@link release}. For damaged data, it rejects, or the result
   * has another length.
   */
  async decode(bytes: Uint8Array | StoredBytes, size: number): Promise<Uint8Array> {
    const thread = this.#thread;
    if (thread === undefined || bytes.byteLength + size > this.#maxBytes) return this.#decodeHere(bytes, size);
    const range = this.#rangeOf(bytes);
    const source = range ?? this.#copyOf(await this.#load(bytes));
    const target = this.#allocate(size);
    try {
      if ((await thread.started) || this.#isClosed) {
        await thread.run({ source, target });
        return target;
      }
    } catch (error) {
      this.release(target);
      if (!(error instanceof ThreadLost) || this.#isClosed) throw error;
    } finally {
      if (source instanceof Uint8Array) this.release(source);
    }
    return this.#decodeHere(bytes, size);
  }

  /** Uses the memory of a result again. Does nothing for other memory. */
  release({ buffer }: Uint8Array): void {
    if (this.#lent.delete(buffer)) this.#free.push(new Uint8Array(buffer as SharedArrayBuffer));
  }

  async #decodeHere(bytes: Uint8Array | StoredBytes, size: number): Promise<Uint8Array> {
    const decode = await zstdDecoder();
    return decode(await this.#load(bytes), size);
  }

  /** The bytes as the other thread reads them itself. */
  #rangeOf(bytes: Uint8Array | StoredBytes): FileRange | undefined {
    const { descriptor } = this.#access;
    if (bytes instanceof Uint8Array || descriptor === undefined) return undefined;
    return { descriptor, position: bytes.position, byteLength: bytes.byteLength };
  }

  #load(bytes: Uint8Array | StoredBytes): Uint8Array | Promise<Uint8Array> {
    return bytes instanceof Uint8Array ? bytes : this.#access.read(bytes.position, bytes.byteLength);
  }

  #copyOf(bytes: Uint8Array): Uint8Array {
    const copy = this.#allocate(bytes.byteLength);
    copyShared(copy, bytes);
    return copy;
  }

  #allocate(size: number): Uint8Array {
    const index = this.#free.findIndex(({ byteLength }) => byteLength >= size);
    const [found] = index < 0 ? [] : this.#free.splice(index, 1);
    // If all are too small, one of them is replaced.
    if (found === undefined) this.#free.pop();
    // A little more, because the next chunk is hardly of the same size.
    const memory = found ?? new Uint8Array(new SharedArrayBuffer(size + (size >> 2)));
    this.#lent.add(memory.buffer);
    return memory.subarray(0, size);
  }

  /** Ends the other thread. What it has not done rejects. */
  close(): void {
    this.#isClosed = true;
    this.#thread?.close();
  }
}
