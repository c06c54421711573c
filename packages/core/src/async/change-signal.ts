/** Wakes the callers that wait for a change. */
export class ChangeSignal {
  readonly #waiting = new Set<() => void>();

  /** Settles at the next change. */
  wait(): Promise<void> {
    return new Promise((resolve) => this.#waiting.add(resolve));
  }

  /** Wakes all that wait. */
  notify(): void {
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const wake of waiting) wake();
  }
}
