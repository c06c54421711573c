/** The steps that even the smallest input may cause. */
const FREE_STEPS = 1000;

/**
 * Limits the work that untrusted bytes can cause to a multiple of their size. A reader spends one step per element, so
 * false lengths and counts, and parts that are shared many times, lead to an error instead of a hang.
 */
export class ReadBudget {
  #steps: number;

  /** @param bytes the size of the input */
  constructor(bytes: number) {
    this.#steps = FREE_STEPS + bytes;
  }

  /** @throws {RangeError} if the input claims more than its size allows */
  spend(steps = 1): void {
    this.#steps -= steps;
    if (!(this.#steps >= 0)) throw new RangeError("the data claims to have more elements than fit into its size");
  }
}
