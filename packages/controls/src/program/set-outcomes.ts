import type { Settled } from "./change.ts";

/** The number of values that are remembered. */
const MAX_SETS = 10_000;

/** A value that has arrived. */
interface ArrivedValue {
  settled: Settled | undefined;
  /** Who gets the outcome. */
  readonly listeners: ((settled: Settled) => void)[];
}

/**
 * The outcomes of the last values that panels have set: a value that a panel sends again, because it has no answer, is
 * answered, and not set again.
 */
export class SetOutcomes {
  readonly #values = new Map<string, ArrivedValue>();

  /** Adds a value that has arrived. Returns a function for its outcome, which the listener gets. */
  begin(id: string, listener: (settled: Settled) => void): (settled: Settled) => void {
    const value: ArrivedValue = { settled: undefined, listeners: [listener] };
    this.#values.set(id, value);
    if (this.#values.size > MAX_SETS) {
      const [oldest] = this.#values.keys();
      if (oldest !== undefined) this.#values.delete(oldest);
    }
    return (settled) => {
      value.settled = settled;
      for (const each of value.listeners.splice(0)) each(settled);
    };
  }

  /** Whether a value that was sent again is known. Then the listener gets its outcome, now or later. */
  repeat(id: string, listener: (settled: Settled) => void): boolean {
    const value = this.#values.get(id);
    if (value === undefined) return false;
    if (value.settled === undefined) value.listeners.push(listener);
    else listener(value.settled);
    return true;
  }
}
