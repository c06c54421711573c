import { internalsOf } from "./recording-internals.ts";

/** Number of bytes after which an import looks at the queues of the sinks. */
const STEP_BYTES = 1024 * 1024;
/** Pending bytes for which an import waits: as many as two calls of gRPC-web have, or half of a smaller queue. */
const MAX_PENDING_BYTES = 16 * 1024 * 1024;
/** The longest wait without progress. After that, sinks limit their queues by themselves. */
const STALL_MS = 5000;

/**
 * The pace of an import, which would otherwise fill the queues of slow sinks and lose data: a page cannot block. The
 * import waits while data is pending and the sinks make progress. After 5 seconds without any, it goes on, and sinks
 * limit their queues by themselves.
 */
export class ImportPace {
  readonly #recording: object;
  #bytes = 0;
  /** The number of sent bytes at which the sinks made no progress. */
  #stalledAt = -1;

  constructor(recording: object) {
    this.#recording = recording;
  }

  /** Whether the recording takes data: it is enabled, and not closed. */
  get isOpen(): boolean {
    return internalsOf(this.#recording).log.isOpen;
  }

  /** Waits until there is room in the queues, after data of this size. */
  async after(bytes: number): Promise<void> {
    this.#bytes += bytes;
    if (this.#bytes < STEP_BYTES) return;
    this.#bytes = 0;
    for (let now = this.#progress(); now.isFull && now.sent > this.#stalledAt;) {
      const { sent } = now;
      const isDone = await this.#flush();
      now = this.#progress();
      // A spool keeps data on the disk until its server is reachable, and flushing it often takes time.
      if (isDone && now.isFull) this.#bytes = -MAX_PENDING_BYTES;
      if (isDone) return;
      if (now.sent === sent) this.#stalledAt = sent;
    }
  }

  /** Returns whether the sinks have sent everything in time. */
  async #flush(): Promise<boolean> {
    try {
      return (await internalsOf(this.#recording).dispatcher.flush({ timeoutMs: STALL_MS })).complete;
    } catch {
      // The failure of a sink is an event of the recording already.
      return false;
    }
  }

  #progress(): { isFull: boolean; sent: number } {
    let isFull = false;
    let sent = 0;
    const sinks = internalsOf(this.#recording).dispatcher.sinks.stats();
    for (const { state, queuedBytes, maxQueueBytes = Infinity, sentBytes } of sinks) {
      // Data that waits for the first sink does not go on while the import waits.
      if (state !== "buffering" && queuedBytes >= Math.min(MAX_PENDING_BYTES, maxQueueBytes / 2)) isFull = true;
      sent += sentBytes;
    }
    return { isFull, sent };
  }
}
