/** Steps that every input may cause, however small it is. */
const FREE_STEPS = 1000;

/**
 * Limits the work that untrusted bytes can cause to their size: whoever reads them spends a step for each element, so
 * that lengths and counts that are not true, and parts that are shared many times, end in an error and not in a hang.
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
