import type { RerunError } from "../errors/rerun-error.ts";
import type { EncodedMessage } from "../rrd/encode/encoded-message.ts";
import { Backoff } from "./backoff.ts";
import type { DeliveryQueue } from "./delivery-queue.ts";
import { RefusedError } from "./refused-error.ts";

/** The longest wait before another attempt, and the longest that a server may ask for. */
const LONGEST_MS = 60_000;
const LONGEST_REQUESTED_MS = 300_000;
/** A message is at fault after this many rejections of it alone, over this time. */
const MAX_REJECTIONS = 3;
const LEAST_MS = 3000;
/** The search for a message at fault has ended when more messages than this were accepted together. */
const MAX_DIVIDED = 1000;

/** The consequences of a failed attempt. */
export interface Verdict {
  readonly waitMs: number;
  /** Whether the server has asked for this wait. */
  readonly isRequested: boolean;
  /** Whether the same data is sent again in smaller pieces, to find the message at fault. */
  readonly isDivided: boolean;
  /** The only message in flight is at fault: the rest can only be delivered without it. */
  readonly isProven: boolean;
  /** Whether a person must change something: the server rejects all data, for long or by its nature. */
  readonly needsPerson: boolean;
}

/**
 * The policy for failures of all transports: what becomes of the data when a server cannot be reached, or refuses it.
 * The code of the error decides, never its text.
 *
 * - `CONNECTION` passes by itself: the data is sent again after a wait, longer each time, up to a minute.
 * - `AUTH` and `UNSUPPORTED` need a person. The data is kept in the same way, so that it is sent as soon as the server
 *   accepts it.
 * - `SERVER` may be the fault of one message. The data is divided until one message is rejected alone. This message is
 *   at fault if the server rejects it several times, over some seconds, and accepts other messages in between. The
 *   message that opens a recording never counts as being at fault.
 */
export class Attempts {
  readonly #queue: DeliveryQueue;
  readonly #backoff = new Backoff(LONGEST_MS);
  /** The oldest message in flight at the first failure: while it is not acknowledged, the server makes no progress. */
  #blocked: EncodedMessage | undefined;
  #connectedAt: number | undefined;
  /** The number of messages that may be in flight. */
  #limit = Infinity;
  /** The message that was rejected alone, how often, since when, and whether others were accepted since then. */
  #suspect: { readonly message: EncodedMessage; count: number; readonly since: number; hasProof: boolean } | undefined;

  constructor(queue: DeliveryQueue) {
    this.#queue = queue;
  }

  /** The number of messages that may be in flight: few while a message at fault is searched. */
  get maxMessages(): number {
    return this.#limit;
  }

  /** Whether the server has refused data, and has not accepted it since. */
  get isBlocked(): boolean {
    return this.#blocked !== undefined;
  }

  onConnected(): void {
    this.#connectedAt = performance.now();
  }

  /** Something was acknowledged. */
  onAcknowledged(): void {
    if (this.#suspect !== undefined) {
      this.#suspect.hasProof = true;
      if (this.#queue.hasSent(this.#suspect.message, true)) this.#suspect = undefined;
    }
    if (this.#blocked !== undefined && !this.#queue.hasSent(this.#blocked, true)) return;
    this.#blocked = undefined;
    this.#backoff.reset();
    // The retained state, which is sent again after each attempt, is not progress.
    this.#limit = this.#limit > MAX_DIVIDED ? Infinity : this.#limit * 2;
  }

  /** The server has stored data that it acknowledges later. */
  onStored(): void {
    this.#blocked = undefined;
    this.#backoff.reset();
  }

  /** An attempt has failed, with this number of messages in flight that the error is about. */
  fail(error: RerunError, inFlight: number): Verdict {
    const now = performance.now();
    const lastedMs = this.#connectedAt === undefined ? 0 : now - this.#connectedAt;
    this.#connectedAt = undefined;
    if (this.#queue.sentCount === 0 && this.#blocked === undefined && lastedMs > this.#backoff.limitMs)
      this.#backoff.reset();
    if (this.#blocked !== undefined && this.#queue.hasSent(this.#blocked, true)) this.#blocked = undefined;
    this.#blocked ??= this.#queue.oldestSent;
    const nothing = { isRequested: false, isDivided: false, isProven: false, needsPerson: false };
    if (error.code === "SERVER" && inFlight > 1) {
      this.#limit = inFlight >> 1;
      return { ...nothing, waitMs: 0, isDivided: true };
    }
    const waitMs = this.#backoff.next();
    if (error.code === "SERVER" && inFlight === 1) {
      this.#limit = 1;
      return { ...nothing, waitMs, ...this.#judge(now) };
    }
    const needsPerson = error.code !== "CONNECTION";
    const requestedMs = error instanceof RefusedError ? error.retryAfterMs : undefined;
    if (requestedMs === undefined) return { ...nothing, waitMs, needsPerson };
    return {
      ...nothing,
      waitMs: waitMs + Math.min(LONGEST_REQUESTED_MS, requestedMs),
      isRequested: true,
      needsPerson,
    };
  }

  /** Judges the only message in flight, which was rejected. */
  #judge(now: number): Pick<Verdict, "isProven" | "needsPerson"> {
    const message = this.#queue.oldestSent as EncodedMessage;
    if (this.#suspect?.message !== message) this.#suspect = { message, count: 0, since: now, hasProof: false };
    this.#suspect.count++;
    const isEnough = this.#suspect.count >= MAX_REJECTIONS && now - this.#suspect.since >= LEAST_MS;
    const isProven = isEnough && this.#suspect.hasProof && message.kind === "chunk";
    if (isProven) this.#suspect = this.#blocked = undefined;
    return { isProven, needsPerson: isEnough && !isProven };
  }
}
