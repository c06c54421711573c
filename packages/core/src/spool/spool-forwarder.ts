import { messageOf } from "../errors/rerun-error.ts";
import type { EncodedMessage } from "../rrd/encode/encoded-message.ts";
import { retentionKey } from "../sink/retained-messages.ts";
import type { RecordingSink } from "../sink/sink.ts";
import { InFlightWindow } from "./in-flight-window.ts";
import { RetainedQueue } from "./retained-queue.ts";
import { SpoolProgress } from "./spool-progress.ts";
import type { EvictedFromSpool, SpoolSegment, SpoolStore } from "./spool-store.ts";

/** The first wait and the longest one until stored data is read again, while that fails. */
const [FIRST_WAIT_MS, LONGEST_WAIT_MS] = [1000, 60_000];

/** Reads the messages of a stored segment. Its code is loaded with the first segment. */
export type SegmentReader = (rrd: Uint8Array) => EncodedMessage[] | Promise<EncodedMessage[]>;

/** Events of a {@link SpoolForwarder}. */
export interface ForwarderEvents {
  /** Data was dropped: neither the store nor the sink holds it any more. */
  onDrop(dropped: EvictedFromSpool): void;
  /** The same of a message of the retained state. */
  onRetainedDrop(message: EncodedMessage): void;
  /** A message was stored, and is not passed on now, so its memory may be reused. */
  onRelease(payload: Uint8Array<ArrayBuffer>): void;
  /** Messages were acknowledged, or nothing is left to be passed on. */
  onProgress(): void;
  onWarning(message: string): void;
}

/**
 * Passes the messages of a spool to its store and, in order, to its sink: directly while the sink keeps up, and from
 * the store once the window is full. The retained state is passed on before all other data.
 */
export class SpoolForwarder {
  readonly progress: SpoolProgress = new SpoolProgress();
  readonly #sink: RecordingSink;
  readonly #store: SpoolStore;
  readonly #read: SegmentReader;
  readonly #events: ForwarderEvents;
  /** Whether the sink takes the memory of messages. */
  readonly #takesBuffers: boolean;
  readonly #window: InFlightWindow;
  /** Retained state that is pending or in flight. Messages that the store drops are dropped here too. */
  readonly #retained: RetainedQueue = new RetainedQueue();
  #pumping: Promise<void> = Promise.resolve();
  #isPumping = false;
  #hasLost = false;
  #isClosed = false;
  /** While stored data cannot be read: the timer of the next attempt, and the wait after that. */
  #retry: ReturnType<typeof setTimeout> | undefined;
  #waitMs = FIRST_WAIT_MS;

  constructor(
    sink: RecordingSink,
    store: SpoolStore,
    read: SegmentReader,
    takesBuffers: boolean,
    events: ForwarderEvents,
  ) {
    this.#sink = sink;
    this.#store = store;
    this.#read = read;
    this.#takesBuffers = takesBuffers;
    this.#events = events;
    this.#window = new InFlightWindow(
      sink,
      (...acknowledged) => this.#onAcknowledged(...acknowledged),
      (lost) => this.#drop(lost),
    );
  }

  /** Bytes that are stored, or wait to be passed on. */
  get queuedBytes(): number {
    return this.progress.pendingBytes + this.#retained.bytes;
  }

  /** Whether the sink has lost messages, which are sent by the next program. */
  get hasLost(): boolean {
    return this.#hasLost;
  }

  /** Whether everything was passed on to the sink. */
  get hasPassedAll(): boolean {
    return this.progress.isCaughtUp && this.#retained.size === 0;
  }

  /** Whether everything was acknowledged. */
  get isDelivered(): boolean {
    return this.hasPassedAll && this.#window.isEmpty && !this.#hasLost;
  }

  /** Settles when the segment that is being read is passed on. */
  get settled(): Promise<void> {
    return this.#pumping;
  }

  /** Adds a segment that an earlier program has stored. */
  addFound(bytes: number): void {
    this.#store.claim(this.progress.add(bytes));
    this.pump();
  }

  /** Stores a message, and passes it on if no earlier message is pending. */
  send(message: EncodedMessage): void {
    const key = retentionKey(message);
    if (key === undefined) this.#sendData(message);
    else {
      this.#retained.add(key, message);
      this.#store.append(message, 0);
    }
    this.pump();
  }

  /** Passes on stored messages, as far as the window allows. */
  pump(): void {
    const isWaiting = this.#isPumping || this.#retry !== undefined;
    if (isWaiting || this.#hasLost || this.#isClosed || this.hasPassedAll) return;
    this.#isPumping = true;
    this.#pumping = this.#passStored();
  }

  /** Requests acknowledgements again, because there is a connection. */
  resume(): void {
    this.#window.resume();
  }

  /**
   * Notes that the store no longer holds some data. Data in flight is dropped only if the server never acknowledges it.
   */
  remove(removed: EvictedFromSpool): void {
    const { key, lastId } = removed;
    if (key !== undefined) {
      // A connected sink may take a message that the store cannot hold.
      this.pump();
      this.#dropRetained(this.#retained.remove(key, this.#hasLost));
    } else if (lastId > this.progress.passedId) this.#drop(removed);
    else this.#window.remove(removed);
  }

  /** The sink has lost messages, or has ended: nothing more is passed on, nor counts as acknowledged. */
  lose(): void {
    this.#hasLost = true;
    this.#window.end();
    for (const lost of this.#retained.endFlight()) this.#dropRetained(lost);
  }

  /** Nothing more is passed on: the store is closed. */
  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#retry);
  }

  #sendData(message: EncodedMessage): void {
    const { byteLength } = message.payload;
    const { progress } = this;
    const { isCaughtUp } = progress;
    const isNext = isCaughtUp && !this.#hasLost && this.#retained.size === 0 && this.#window.hasRoom(byteLength);
    // Seals the segment, because its messages so far were passed on and must not be read again.
    if (!isNext && isCaughtUp) this.#store.seal();
    const id = progress.add(byteLength);
    if (isNext) progress.pass(id);
    this.#store.append(message, id);
    if (isNext) this.#pass([message], id);
    else this.#events.onRelease(message.payload);
  }

  #dropRetained(message: EncodedMessage | undefined): void {
    if (message !== undefined) this.#events.onRetainedDrop(message);
  }

  #drop(dropped: EvictedFromSpool): void {
    this.progress.remove(dropped.bytes);
    this.#events.onDrop(dropped);
  }

  #onAcknowledged(id: number, bytes: number, keys: readonly string[]): void {
    for (const key of keys) this.#retained.acknowledge(key);
    this.progress.acknowledge(bytes);
    if (id > 0) this.#store.release(id);
    this.pump();
    // The byte counts of earlier programs' segments and of dropped segments include frames, so a remainder may be left.
    if (this.isDelivered) this.progress.clear();
    this.#events.onProgress();
  }

  /** Passes messages on. The sink has room for all of them, because this class limits the window. */
  #pass(messages: readonly EncodedMessage[], id: number, key?: string): void {
    let bytes = 0;
    let rows = 0;
    for (const message of messages) {
      bytes += message.payload.byteLength;
      rows += message.manifest?.rows ?? 0;
      if (this.#sink.sendBacklog !== undefined) this.#sink.sendBacklog(message);
      else this.#sink.send(message);
    }
    this.#window.add(id, bytes, rows, key);
  }

  /** Passes on stored messages while the window has room. */
  async #passStored(): Promise<void> {
    try {
      while (!this.#hasLost && !this.#isClosed && this.#window.hasRoom(0)) {
        const next = this.#retained.take();
        if (next !== undefined) this.#passRetained(...next);
        else if (this.progress.isCaughtUp) break;
        else await this.#passSegment();
      }
    } catch (error) {
      this.#readLater(error);
    }
    this.#isPumping = false;
  }

  /** Stored data cannot be read now: it stays, and is read again after a while. */
  #readLater(error: unknown): void {
    if (this.#isClosed) return;
    if (this.#waitMs === FIRST_WAIT_MS)
      this.#events.onWarning(`cannot read the spool: ${messageOf(error)}; its data is kept, and read again later`);
    this.#retry = setTimeout(() => {
      this.#retry = undefined;
      this.pump();
    }, this.#waitMs);
    (this.#retry as { unref?: () => unknown }).unref?.();
    this.#waitMs = Math.min(LONGEST_WAIT_MS, this.#waitMs * 2);
  }

  #passRetained(key: string, message: EncodedMessage): void {
    this.progress.addBytes(message.payload.byteLength);
    this.#pass([this.#takesBuffers ? { ...message, payload: message.payload.slice() } : message], 0, key);
  }

  async #passSegment(): Promise<void> {
    const { newestId, passedId } = this.progress;
    const segment = await this.#store.read(passedId);
    this.#waitMs = FIRST_WAIT_MS;
    if (segment === undefined) {
      // The store has dropped the rest.
      this.progress.pass(newestId);
      this.#events.onProgress();
      return;
    }
    const messages = await this.#decode(segment);
    if (this.#hasLost || this.#isClosed) return;
    this.progress.pass(segment.lastId);
    this.#pass(messages, segment.lastId);
  }

  async #decode({ rrd }: SpoolSegment): Promise<readonly EncodedMessage[]> {
    if (rrd.byteLength === 0) return [];
    try {
      return await this.#read(rrd);
    } catch (error) {
      this.#events.onWarning(`${rrd.byteLength} bytes of the spool are damaged, and are skipped: ${messageOf(error)}`);
      return [];
    }
  }
}
