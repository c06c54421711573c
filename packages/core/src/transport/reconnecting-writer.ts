import { RerunError } from "../errors/rerun-error.ts";
import { Attempts, type Verdict } from "./attempts.ts";
import type { DeliveryQueue } from "./delivery-queue.ts";
import { QueueWriter, type WriterEvents } from "./queue-writer.ts";
import { ProgramError, RefusedError } from "./refused-error.ts";

/** The longest wait while a caller waits for data to be sent. */
const AWAITED_MS = 1000;
/** Servers on this machine are asked as often, because that costs nothing. */
const LOCAL_MS = 1000;

/**
 * A {@link QueueWriter} that connects, sends, and connects again after a failure, for as long as it is not closed: only
 * {@link ProgramError}s end it. {@link Attempts} decides what follows a failure. Subclasses connect and send over their
 * transport.
 */
export abstract class ReconnectingWriter extends QueueWriter {
  protected readonly events: WriterEvents;
  protected readonly attempts: Attempts;
  /** Whether there was a connection before. */
  protected hasConnected = false;
  readonly #isLocal: boolean;
  /** Calls that wait for data to be sent, and those that wait for acknowledgements. */
  #waiters = 0;
  #ackWaiters = 0;
  #isOpen = false;
  /** Whether the reason why a person must do something was reported. */
  #hasWarned = false;
  #isRetryRequested = false;

  /** @param host the host of the server */
  constructor(queue: DeliveryQueue, events: WriterEvents, host?: string) {
    super(queue);
    this.events = events;
    this.attempts = new Attempts(queue);
    this.#isLocal = host === "localhost" || host === "::1" || host?.startsWith("127.") === true;
  }

  async run(): Promise<void> {
    while (!this.isOver) {
      try {
        await this.connect();
        if (this.isOver) break;
        this.onConnected();
        await this.sendAll();
      } catch (error) {
        await this.#recover(RerunError.from(error, "CONNECTION"));
      }
    }
    this.disconnect(false);
    this.notify();
  }

  override abort(): void {
    this.stop.abort();
    this.disconnect(true);
    super.abort();
  }

  /** Ends the wait before the next attempt, unless the server has asked for it. */
  override retry(): void {
    this.#isRetryRequested = true;
    this.wake();
  }

  override async until(isDone: () => boolean, ack = false): Promise<void> {
    this.#waiters++;
    if (ack) this.#ackWaiters++;
    this.wake();
    try {
      await super.until(isDone, ack);
    } finally {
      this.#waiters--;
      if (ack) this.#ackWaiters--;
    }
  }

  /** Connects, and prepares the queue for the server. Rejects if that fails. */
  protected abstract connect(): Promise<void>;

  /** Sends until the writer is over. Rejects when the connection is lost, or data is rejected. */
  protected abstract sendAll(): Promise<void>;

  /** Ends the connection: immediately if `isLost` holds, and otherwise after the last acknowledgement. */
  protected abstract disconnect(isLost: boolean): void;

  /** Adapts to a failed attempt, before the connection is ended. Returns the number of messages that it was about. */
  protected onFailed(_error: RerunError): number {
    return this.queue.sentCount;
  }

  /** Whether a caller waits for data to be sent. */
  protected get isAwaited(): boolean {
    return this.#waiters > 0;
  }

  /** Whether a caller waits for acknowledgements. */
  protected get isAckAwaited(): boolean {
    return this.#ackWaiters > 0;
  }

  /** Whether this writer reports that there is a connection. */
  protected get reportsStates(): boolean {
    return true;
  }

  /** Whether an error ends the writer. */
  protected isFinal(error: RerunError): boolean {
    return error instanceof ProgramError;
  }

  /** There is a connection. After a refusal, it counts once the server has accepted something. */
  protected onConnected(): void {
    if (this.hasConnected) this.queue.reconnects++;
    this.hasConnected = true;
    this.attempts.onConnected();
    if (!this.attempts.isBlocked || this.queue.isEmpty) this.#open();
    this.notify();
  }

  /** Must be called after each acknowledgement. */
  protected onAcknowledged(): void {
    this.attempts.onAcknowledged();
    if (!this.attempts.isBlocked) this.#open();
    this.notify();
  }

  /** The server has stored data, which is not acknowledged yet: its refusals are over. */
  protected onStored(): void {
    this.attempts.onStored();
    this.#open();
    this.notify();
  }

  #open(): void {
    if (this.#isOpen) return;
    this.#isOpen = true;
    this.#hasWarned = false;
    if (this.reportsStates) this.events.onState("open");
  }

  async #recover(error: RerunError): Promise<void> {
    if (this.stop.signal.aborted) return this.disconnect(true);
    const verdict = this.attempts.fail(error, this.onFailed(error));
    if (verdict.isProven) this.#reject(error);
    this.disconnect(true);
    if (this.isFinal(error)) {
      this.abort();
      throw error;
    }
    if (!verdict.isDivided && !verdict.isProven) {
      this.#isOpen = false;
      this.events.onState("connecting", error);
    }
    if (verdict.needsPerson && !this.#hasWarned) {
      this.#hasWarned = true;
      this.events.onWarning?.(`${error.message}. Data is queued until the server accepts it`, error.code);
    }
    await this.#waitToRetry(verdict, this.#isLocal && !(error instanceof RefusedError));
  }

  /** Drops the only message in flight, which the server rejects again and again although it accepts others. */
  #reject(error: RerunError): void {
    const message = this.queue.dropSent();
    if (message === undefined) return;
    const { manifest, payload } = message;
    const what = `${manifest?.rows ?? 0} rows of \`${manifest?.entityPath ?? "?"}\` (${payload.byteLength} bytes)`;
    this.events.onWarning?.(
      `dropped ${what}, which the server rejects while it accepts other data: ${error.message}`,
      error.code,
    );
    this.events.onReject?.(message);
    this.notify();
  }

  /** Waits before the next attempt: for less time while a caller waits, unless the server has asked for the wait. */
  async #waitToRetry({ waitMs, isRequested }: Verdict, isCheap: boolean): Promise<void> {
    const startedAt = performance.now();
    const isHurried = (): boolean => this.isClosing || (this.#waiters > 0 && !isRequested);
    this.#isRetryRequested = false;
    for (;;) {
      const wasHurried = isHurried();
      const longestMs = wasHurried ? AWAITED_MS : isCheap ? LOCAL_MS : Infinity;
      const leftMs = Math.min(waitMs, longestMs) - (performance.now() - startedAt);
      if (leftMs <= 0 || this.isOver || (this.#isRetryRequested && !isRequested)) return;
      await this.pause(leftMs, () => (this.#isRetryRequested && !isRequested) || isHurried() !== wasHurried);
    }
  }
}
