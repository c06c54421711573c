import { isUint8Array } from "@rerun-ts/core/checks";
import { copyShared, openDecompressThread } from "#threads";
import {
  type OpenSource,
  SharedMemory,
  ThreadLost,
  type DecompressJob,
  type FileRange,
  type WorkThread,
} from "@rerun-ts/reading/source";
import type { StoredBytes } from "./records.ts";
import { zstdDecoder } from "./zstd-decoder.ts";

/** Decompresses zstd in another thread, or in this one if there can be none. */
export class ZstdThread {
  readonly #access: OpenSource;
  readonly #maxBytes: number;
  readonly #thread: WorkThread<DecompressJob, void> | undefined;
  /** Memory of both threads, also that of results. */
  readonly #memory = new SharedMemory();
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
    const target = this.#memory.allocate(size);
    try {
      if ((await thread.started) || this.#isClosed) {
        await thread.run({ source, target });
        return target;
      }
    } catch (error) {
      this.release(target);
      if (!(error instanceof ThreadLost) || this.#isClosed) throw error;
    } finally {
      if (isUint8Array(source)) this.release(source);
    }
    return this.#decodeHere(bytes, size);
  }

  /** Uses the memory of a result again. Does nothing for other memory. */
  release(bytes: Uint8Array): void {
    this.#memory.release(bytes);
  }

  async #decodeHere(bytes: Uint8Array | StoredBytes, size: number): Promise<Uint8Array> {
    const decode = await zstdDecoder();
    return decode(await this.#load(bytes), size);
  }

  /** The bytes as the other thread reads them itself. */
  #rangeOf(bytes: Uint8Array | StoredBytes): FileRange | undefined {
    const { descriptor } = this.#access;
    if (isUint8Array(bytes) || descriptor === undefined) return undefined;
    return { descriptor, position: bytes.position, byteLength: bytes.byteLength };
  }

  #load(bytes: Uint8Array | StoredBytes): Uint8Array | Promise<Uint8Array> {
    return isUint8Array(bytes) ? bytes : this.#access.read(bytes.position, bytes.byteLength);
  }

  #copyOf(bytes: Uint8Array): Uint8Array {
    const copy = this.#memory.allocate(bytes.byteLength);
    copyShared(copy, bytes);
    return copy;
  }

  /** Ends the other thread. What it has not done rejects. */
  close(): void {
    this.#isClosed = true;
    this.#thread?.close();
  }
}
