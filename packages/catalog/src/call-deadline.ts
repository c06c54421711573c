import { RerunError } from "@rerun-ts/core";

/** Ends a call when a signal fires, or when a response takes too long. */
export class CallDeadline {
  readonly #stop = new AbortController();
  readonly #timeoutMs: number;
  readonly #signals: readonly AbortSignal[];
  readonly #abort = (): void => this.#stop.abort(new Error("the call was aborted"));
  #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #inFlight: Set<CallDeadline> | undefined;
  #isOver = false;
  #reason: RerunError | undefined;
  /** The beginning of the wait for the next response. */
  #since = Infinity;

  /**
   * @param timeoutMs the time for each response
   * @param inFlight contains the deadline until its end
   */
  constructor(timeoutMs: number, signals: readonly (AbortSignal | undefined)[], inFlight?: Set<CallDeadline>) {
    this.#timeoutMs = timeoutMs;
    this.#inFlight = inFlight;
    inFlight?.add(this);
    this.#signals = signals.filter((signal) => signal !== undefined);
    for (const signal of this.#signals) {
      if (signal.aborted) this.#abort();
      else signal.addEventListener("abort", this.#abort);
    }
  }

  /** Waits for a response that may not end with the signal. */
  async within<T>(wait: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const { signal } = this.#stop;
    signal.throwIfAborted();
    let end = (): void => {};
    const aborted = new Promise<never>((_, reject) => {
      end = () => reject(signal.reason as Error);
      signal.addEventListener("abort", end);
    });
    this.begin();
    try {
      // Raced, because some transports do not end immediately.
      return await Promise.race([wait(signal), aborted]);
    } finally {
      this.pause();
      signal.removeEventListener("abort", end);
    }
  }

  /** Begins to wait for the next response. */
  begin(): void {
    this.#since = performance.now();
    if (this.#timer === undefined && this.#timeoutMs !== Infinity) this.#start(this.#timeoutMs);
  }

  /**
   * Pauses the deadline. The timer keeps running, because a stream of many responses would otherwise start one for
   * each.
   */
  pause(): void {
    this.#since = Infinity;
  }

  #start(milliseconds: number): void {
    this.#timer = setTimeout(() => {
      const left = this.#since + this.#timeoutMs - performance.now();
      this.#timer = undefined;
      if (left > 0) return left === Infinity ? undefined : this.#start(left);
      this.#isOver = true;
      this.#abort();
    }, milliseconds);
  }

  /** Ends the call with an error. */
  abort(reason: RerunError): void {
    this.#reason = reason;
    this.#abort();
  }

  /** Releases the resources of the call, and aborts it if it has not ended. */
  end(): void {
    this.#inFlight?.delete(this);
    clearTimeout(this.#timer);
    for (const signal of this.#signals) signal.removeEventListener("abort", this.#abort);
    this.#abort();
  }

  /** The error for a call that this deadline has ended, or `undefined` for other calls. */
  error(doing: string, cause: unknown): RerunError | undefined {
    if (this.#reason !== undefined) return this.#reason;
    if (this.#signals.some(({ aborted }) => aborted))
      return new RerunError("ABORTED", `cannot ${doing}: the call was aborted by \`signal\``, { cause });
    if (!this.#isOver) return undefined;
    return new RerunError("TIMEOUT", `cannot ${doing}: no response within ${this.#timeoutMs} ms`, { cause });
  }
}
