import { eventLoopTurn } from "../async/event-loop-turn.ts";
import type { EncodedMessage } from "../rrd/encode/encoded-message.ts";
import { logMessages } from "./log-messages.ts";
import { internalsOf, type RecordingInternals } from "./recording-internals.ts";

/** Number of bytes after which an import gives the program a turn, and looks at the queues of the sinks. */
const STEP_BYTES = 1024 * 1024;
/** Pending bytes for which an import waits: as many as two calls of gRPC-web have, or half of a smaller queue. */
const MAX_PENDING_BYTES = 16 * 1024 * 1024;
/** The longest wait without progress. After that, sinks limit their queues by themselves. */
const STALL_MS = 5000;

/**
 * The pace of an import, which would otherwise fill the queues of slow sinks and lose data: a page cannot block. Each
 * megabyte, other events of the program have their turn: sinks send, a page draws, and `close` ends the import. The
 * import waits while data is pending and the sinks make progress. After 5 seconds without any, it goes on, and sinks
 * limit their queues by themselves. It waits again after 16 MiB, and each time after twice as much.
 */
export class ImportPace {
  readonly #recording: object;
  readonly #internals: RecordingInternals;
  /** The number of bytes since the last turn of the event loop. */
  #sinceTurn = 0;
  /** The number of bytes until the next look at the queues, after a wait without use. */
  #remaining = 0;
  /** The number of bytes that follow a wait without use: the server may be unreachable, and other sinks work. */
  #patience = MAX_PENDING_BYTES;

  /** @throws {TypeError} if it is not a recording */
  constructor(recording: object) {
    this.#recording = recording;
    this.#internals = internalsOf(recording);
  }

  /** Whether the recording takes data: it is enabled, and not closed. */
  get isOpen(): boolean {
    return this.#internals.log.isOpen;
  }

  /**
   * Logs messages, and waits in between. Returns whether the recording took all of them.
   *
   * @param call the name of the public function, for a warning about a closed recording
   */
  async log(messages: readonly EncodedMessage[], call?: string): Promise<boolean> {
    let piece: EncodedMessage[] = [];
    let bytes = 0;
    for (const [index, message] of messages.entries()) {
      piece.push(message);
      bytes += message.payload.byteLength;
      if (bytes < STEP_BYTES && index < messages.length - 1) continue;
      if (!logMessages(this.#recording, piece, call)) return false;
      await this.after(bytes);
      piece = [];
      bytes = 0;
    }
    return true;
  }

  /** Waits until there is room in the queues, after data of this size. */
  async after(bytes: number): Promise<void> {
    this.#sinceTurn += bytes;
    this.#remaining -= bytes;
    if (this.#sinceTurn < STEP_BYTES) return;
    this.#sinceTurn = 0;
    await eventLoopTurn();
    if (this.#remaining > 0) return;
    for (let pending = this.#pendingBytes(); pending > 0;) {
      const isFlushed = await this.#flush();
      const before = pending;
      pending = this.#pendingBytes();
      // After a flush only a spool is full: it keeps data on the disk until its server is reachable.
      if (pending > 0 && (isFlushed || pending >= before)) {
        this.#remaining = this.#patience;
        this.#patience *= 2;
        return;
      }
    }
    this.#patience = MAX_PENDING_BYTES;
  }

  /** Returns whether the sinks have sent everything in time. */
  async #flush(): Promise<boolean> {
    try {
      return (await this.#internals.dispatcher.flush({ timeoutMs: STALL_MS })).complete;
    } catch {
      // The failure of a sink is an event of the recording already.
      return false;
    }
  }

  /** The pending bytes of the sinks that have too many. */
  #pendingBytes(): number {
    let bytes = 0;
    const sinks = this.#internals.dispatcher.sinks.stats();
    for (const { state, queuedBytes, maxQueueBytes = Infinity } of sinks) {
      // Data that waits for the first sink does not go on while the import waits.
      if (state !== "buffering" && queuedBytes >= Math.min(MAX_PENDING_BYTES, maxQueueBytes / 2)) bytes += queuedBytes;
    }
    return bytes;
  }
}
