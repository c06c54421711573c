import type { RecordingSink } from "../sink/sink.ts";
import { Fifo } from "../collections/fifo.ts";
import type { EvictedFromSpool } from "./spool-store.ts";

/** The maximum number of bytes in flight. One message or segment of any size is always allowed. */
const WINDOW_BYTES = 16 * 1024 * 1024;
/** Number of bytes to send before another acknowledgement is requested. */
const GROUP_BYTES = 2 * 1024 * 1024;
/** Time to wait before asking again after a failure. */
const RETRY_MS = 200;

interface Sent {
  readonly id: number;
  readonly bytes: number;
  readonly rows: number;
  /** The retention key of a message of the retained state. */
  readonly key: string | undefined;
  /** Whether the rows were counted as dropped. */
  isDropped: boolean;
}

/**
 * Messages that a spool has handed to its sink and the server has not acknowledged. The sink acknowledges by settling
 * `flush({ ack: true })`, which is called for groups of messages. Several such calls may be pending, so that sending
 * never pauses for one.
 */
export class InFlightWindow {
  readonly #sink: RecordingSink;
  readonly #onAcknowledged: (id: number, bytes: number, keys: readonly string[]) => void;
  readonly #onLost: (lost: EvictedFromSpool) => void;
  readonly #sent = new Fifo<Sent>();
  /** Segments removed from the store whose messages may still arrive, in any order. */
  #removed: EvictedFromSpool[] = [];
  #bytes = 0;
  /** Bytes since the last group. */
  #ungrouped = 0;
  #pendingGroups = 0;
  #isOver = false;

  /**
   * @param onAcknowledged receives the newest acknowledged id, and the bytes and keys that this adds
   * @param onLost receives data that neither the store nor the sink holds any more, with the number of unacknowledged
   * rows
   */
  constructor(
    sink: RecordingSink,
    onAcknowledged: (id: number, bytes: number, keys: readonly string[]) => void,
    onLost: (lost: EvictedFromSpool) => void,
  ) {
    this.#sink = sink;
    this.#onAcknowledged = onAcknowledged;
    this.#onLost = onLost;
  }

  /** Whether more may be sent. */
  hasRoom(bytes: number): boolean {
    return this.#bytes === 0 || this.#bytes + bytes <= WINDOW_BYTES;
  }

  get isEmpty(): boolean {
    return this.#sent.length === 0;
  }

  /** Adds sent messages. `id` is that of the newest one, or 0 for the retained state. */
  add(id: number, bytes: number, rows: number, key?: string): void {
    this.#sent.push({ id, bytes, rows, key, isDropped: false });
    this.#bytes += bytes;
    this.#ungrouped += bytes;
    // The sink may have lost the messages before this call.
    if (this.#isOver) for (const removed of this.#removed) this.#lose(removed);
    if (this.#pendingGroups === 0 || this.#ungrouped >= GROUP_BYTES) void this.#endGroup();
  }

  /** Requests acknowledgements again, because there is a connection. */
  resume(): void {
    if (this.#pendingGroups === 0) void this.#endGroup();
  }

  /** Notes that the store no longer holds these messages. They are lost unless the server acknowledges them. */
  remove(removed: EvictedFromSpool): void {
    this.#removed.push(removed);
    if (this.#isOver) this.#lose(removed);
  }

  /** The sink has lost messages: from now on nothing counts as acknowledged. */
  end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    for (const removed of this.#removed) this.#lose(removed);
  }

  async #endGroup(): Promise<void> {
    const last = this.#sent.last;
    this.#ungrouped = 0;
    // Without a connection nothing waits, so that a program with nothing left to do can end.
    if (last === undefined || this.#isOver || this.#sink.stats().state !== "open") return;
    this.#pendingGroups++;
    let isDone = false;
    try {
      await this.#sink.flush({ ack: true });
      isDone = true;
    } catch {
      // The sink reports the failure. If the server is unreachable, the next attempt follows after a pause.
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, RETRY_MS);
        (timer as { unref?: () => void }).unref?.();
      });
    }
    this.#pendingGroups--;
    if (isDone && !this.#isOver) this.#acknowledge(last);
    if (this.#pendingGroups === 0 && !this.isEmpty) void this.#endGroup();
  }

  #lose(removed: EvictedFromSpool): void {
    let rows = 0;
    for (const sent of this.#sent.items) {
      if (sent.id < removed.firstId || sent.id > removed.lastId || sent.isDropped) continue;
      sent.isDropped = true;
      rows += sent.rows;
    }
    if (rows > 0) this.#onLost({ ...removed, rows });
  }

  #acknowledge(last: Sent): void {
    // A later group may have been acknowledged first.
    if (!this.#sent.items.includes(last)) return;
    let bytes = 0;
    let newest = 0;
    const keys: string[] = [];
    for (let next = this.#sent.shift(); next !== undefined; next = this.#sent.shift()) {
      bytes += next.bytes;
      newest = Math.max(newest, next.id);
      if (next.key !== undefined) keys.push(next.key);
      if (next === last) break;
    }
    this.#bytes -= bytes;
    if (this.#removed.length > 0) this.#removed = this.#removed.filter(({ lastId }) => lastId > newest);
    this.#onAcknowledged(newest, bytes, keys);
  }
}
