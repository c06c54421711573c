import { copyShared, openCompressThread } from "#threads";
import type { StoreId } from "@rerun-ts/core";
import {
  lz4Bound,
  Lz4Encoder,
  PayloadEncoder,
  type Allocate,
  type ArrowPayload,
  type Compressor,
  type IpcStream,
  type Lz4Section,
} from "@rerun-ts/core/rrd";
import { SharedMemory } from "../source/shared-memory.ts";
import { ThreadLost, type CompressJob, type WorkThread } from "../source/work-thread.ts";

/** The sizes of messages that another thread compresses: to pass smaller ones takes long, larger ones much memory. */
const [MIN_BYTES, MAX_BYTES] = [128 * 1024, 8 * 1024 * 1024];
/** The number of messages that a thread has at a time. Messages that are more are compressed in this thread. */
const MAX_JOBS = 3;
/** The number of bytes in such messages that show that it is worth to start a thread. */
const MIN_TOTAL_BYTES = 2 * 1024 * 1024;
/** The most threads of a program, whatever it converts at the same time. */
const MAX_THREADS = 4;

/** The number of threads that were started and not ended. */
let threads = 0;

/** Compresses large messages in another thread, while this one prepares and compresses the next. */
export class CompressThread implements Compressor {
  #thread: WorkThread<CompressJob, number> | undefined;
  #isStarted = false;
  #isClosed = false;
  /** The size of the large messages before the thread was started. */
  #bytes = 0;
  #jobs = 0;
  /** Memory of both threads. */
  readonly #memory = new SharedMemory();
  readonly #encoder = new PayloadEncoder();

  /**
   * Encodes the `ArrowMsg` of a chunk, as `encodeArrowPayload` does. The chunk may change afterwards, also before the
   * message is ready.
   */
  encode(storeId: StoreId, stream: Uint8Array | IpcStream, allocate: Allocate): ArrowPayload | Promise<ArrowPayload> {
    return this.#encoder.encodeWith(this, storeId, stream, allocate);
  }

  take(size: number): Uint8Array | undefined {
    if (size < MIN_BYTES || size > MAX_BYTES) return undefined;
    if (this.#bytes < MIN_TOTAL_BYTES) {
      this.#bytes += size;
      if (this.#bytes >= MIN_TOTAL_BYTES) this.#start();
    }
    if (!this.#isStarted || this.#jobs === MAX_JOBS) return undefined;
    this.#jobs++;
    return this.#memory.allocate(size);
  }

  async compress(
    message: Uint8Array,
    sections: readonly Lz4Section[],
    receive: (length: number) => Uint8Array | undefined,
  ): Promise<void> {
    const block = this.#memory.allocate(lz4Bound(message.byteLength));
    try {
      const length = await this.#run({ source: message, sections, target: block });
      const target = receive(length);
      if (target !== undefined) copyShared(target, block.subarray(0, length));
    } finally {
      this.#jobs--;
      this.#memory.release(message);
      this.#memory.release(block);
    }
  }

  /** Ends the other thread. What it has not done rejects. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    if (this.#thread === undefined) return;
    threads--;
    this.#thread.close();
  }

  #start(): void {
    this.#thread = threads < MAX_THREADS ? openCompressThread() : undefined;
    if (this.#thread !== undefined) threads++;
    void this.#thread?.started.then((isStarted) => (this.#isStarted = isStarted));
  }

  async #run(job: CompressJob): Promise<number> {
    try {
      if (this.#thread !== undefined) return await this.#thread.run(job);
    } catch (error) {
      if (!(error instanceof ThreadLost) || this.#isClosed) throw error;
      this.#isStarted = false;
    }
    return new Lz4Encoder().compress(job.source, job.sections, job.target, 0);
  }
}
