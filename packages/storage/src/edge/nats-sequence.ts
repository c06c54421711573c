import type { EncodedMessage, RerunError, StoreId } from "@rerun-ts/core";
import { DeliveryQueue } from "@rerun-ts/core/transport";
import type { UpstreamSequence } from "@rerun-ts/node/relay";
import { NatsWriter } from "../nats/nats-writer.ts";
import type { OpenPackLink } from "../nats/pack-link.ts";

/** Half of the window of a client. Above it, the edge asks ingesters to commit. */
const ASK_BYTES = 16 * 1024 * 1024;
/** Records that come within this time count as one arrival. */
const ARRIVAL_MS = 1000;
/** More than the window of a client. */
const FULL_BYTES = 64 * 1024 * 1024;

/** The moment at which an edge acknowledges data: when it is in the object storage, or when NATS has it. */
export type EdgeAck = "committed" | "queued";

/** Settings of a {@link NatsSequence}. */
export interface NatsSequenceSettings {
  readonly run: string;
  /** The number of the first record. */
  readonly first: number;
  readonly ack: EdgeAck;
  readonly resendMs: number;
  readonly open: OpenPackLink;
  readonly storeInfoOf: (storeId: StoreId) => EncodedMessage["payload"];
  /** Whether all sequences together have too much. */
  readonly isFull: () => boolean;
  /** Whether all sequences together have half of that. Each then asks for commits, even with little data. */
  readonly isHalfFull: () => boolean;
  readonly onSend: (message: EncodedMessage, number: number) => void;
  /** Called with the number of bytes that were committed. */
  readonly onRelease: (bytes: number) => void;
  readonly onProgress: () => void;
  /** There is a connection, or an error. */
  readonly onState: (error: RerunError | undefined) => void;
}

/** A queue that counts written messages. */
class CountingQueue extends DeliveryQueue {
  written = 0;

  override markWritten(count?: number, bytes?: number): void {
    super.markWritten(count, bytes);
    this.written = count ?? this.sentCount;
  }
}

/** The records of one client on their way to NATS. A record with the number n is message n + 1 of the run. */
export class NatsSequence implements UpstreamSequence {
  readonly ended: Promise<void>;
  readonly #settings: NatsSequenceSettings;
  readonly #queue: CountingQueue;
  readonly #writer: NatsWriter;
  #next: number;
  /** One past the last message that a client awaits. */
  #askedFor = 0;
  /** When records came that are not committed: the number after the last of each second. */
  readonly #arrivals: { end: number; readonly at: number }[] = [];
  #committed: number;
  #stored: number;
  #isNotifying = false;
  #isEnded = false;

  constructor(settings: NatsSequenceSettings) {
    const { run, first, resendMs, open, storeInfoOf, isHalfFull, onRelease } = settings;
    this.#settings = settings;
    this.#next = this.#committed = this.#stored = first;
    this.#queue = new CountingQueue(
      { maxQueueBytes: ASK_BYTES, maxRetainedBytes: 0, policy: "drop-newest" },
      ({ payload }) => {
        this.#committed++;
        if (this.#committed >= (this.#arrivals[0]?.end ?? Infinity)) this.#arrivals.shift();
        onRelease(payload.byteLength);
        this.onProgressSoon();
      },
    );
    this.#writer = new NatsWriter(
      this.#queue,
      { run, first: first + 1, resendMs, open, storeInfoOf, isRoomNeeded: isHalfFull },
      {
        onState: (_, error) => {
          settings.onState(error);
          this.onProgressSoon();
        },
      },
    );
    this.ended = this.#writer.run().then(() => void (this.#isEnded = true));
  }

  get stored(): number {
    const written = this.#settings.ack === "queued" ? this.#queue.written : 0;
    return (this.#stored = Math.max(this.#stored, this.#committed + written));
  }

  /** Whether a client waits for records to be stored. */
  get isAwaited(): boolean {
    return this.#askedFor > this.stored;
  }

  /** When the oldest record came that is not committed, on the monotonic clock. */
  get oldestAt(): number | undefined {
    return this.#arrivals[0]?.at;
  }

  get isFull(): boolean {
    return this.#queue.bytes > FULL_BYTES || this.#settings.isFull();
  }

  send(message: EncodedMessage): void {
    if (this.#isEnded) return;
    this.#settings.onSend(message, this.#next++);
    const [last, now] = [this.#arrivals.at(-1), performance.now()];
    if (last !== undefined && now - last.at < ARRIVAL_MS) last.end = this.#next;
    else this.#arrivals.push({ end: this.#next, at: now });
    // As backlog it is never dropped, because the edge has reported its arrival to the client.
    this.#queue.pushBacklog(message);
    this.#writer.wake();
  }

  requestCommit(): void {
    if (this.#next <= this.#askedFor) return;
    this.#askedFor = this.#next;
    void this.whenStored().then(() => this.onProgressSoon());
  }

  /** Settles when all messages so far are stored, or at the end. */
  whenStored(): Promise<void> {
    const end = this.#next;
    return this.#writer.until(() => this.stored >= end, this.#settings.ack === "committed");
  }

  finish(): void {
    this.#writer.finish();
  }

  abort(): void {
    this.#writer.abort();
  }

  /** Reports progress, once for all messages of a commit. */
  onProgressSoon(): void {
    if (this.#isNotifying) return;
    this.#isNotifying = true;
    setImmediate(() => {
      this.#isNotifying = false;
      this.#settings.onProgress();
    });
  }
}
