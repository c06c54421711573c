import { RerunError } from "@rerun-ts/core";

/** Ends a call when a signal fires, or when it waits too long. */
export class CallDeadline {
  readonly #stop = new AbortController();
  readonly #timeoutMs: number;
  readonly #signals: readonly AbortSignal[];
  readonly #abort = (): void => this.#stop.abort(new Error("the call was aborted"));
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isOver = false;

  /** @param timeoutMs the time for each response */
  constructor(timeoutMs: number, signals: readonly (AbortSignal | undefined)[]) {
    this.#timeoutMs = timeoutMs;
    this.#signals = signals.filter((signal) => signal !== undefined);
    for (const signal of this.#signals) {
      if (signal.aborted) this.#abort();
      else signal.addEventListener("abort", this.#abort);
    }
  }

  /** Waits for a response. */
  async within<T>(wait: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const { signal } = this.#stop;
    signal.throwIfAborted();
    this.restart();
    let end = (): void => {};
    const aborted = new Promise<never>((_, reject) => {
      end = () => reject(signal.reason as Error);
      signal.addEventListener("abort", end);
    });
    try {
      // Not every transport ends at once.
      return await Promise.race([wait(signal), aborted]);
    } finally {
      signal.removeEventListener("abort", end);
      clearTimeout(this.#timer);
    }
  }

  /** Begins to wait for the next response. */
  restart(): void {
    clearTimeout(this.#timer);
    if (this.#timeoutMs === Infinity) return;
    this.#timer = setTimeout(() => {
      this.#isOver = true;
      this.#abort();
    }, this.#timeoutMs);
  }

  /** Frees the call, also if it has not ended. */
  end(): void {
    clearTimeout(this.#timer);
    for (const signal of this.#signals) signal.removeEventListener("abort", this.#abort);
    this.#abort();
  }

  /** The error for a call that was ended by this; `undefined` for others. */
  error(doing: string, cause: unknown): RerunError | undefined {
    if (this.#signals.some(({ aborted }) => aborted))
      return new RerunError("ABORTED", `cannot ${doing}: the call was aborted by \`signal\``, { cause });
    if (!this.#isOver) return undefined;
    return new RerunError("TIMEOUT", `cannot ${doing}: no response within ${this.#timeoutMs} ms`, { cause });
  }
}
