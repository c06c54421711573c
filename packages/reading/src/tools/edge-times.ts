/** The times of the first and the last row of many chunks, on each of their timelines, as plain numbers. */
export class EdgeTimes {
  readonly #timelines: number;
  #values = new BigInt64Array(64);
  #size = 0;

  /** @param timelines the number of timelines of the chunks */
  constructor(timelines: number) {
    this.#timelines = timelines;
  }

  /** Adds a chunk with rows, given the times of each timeline. Returns the position of its times. */
  add(times: readonly BigInt64Array[]): number {
    const position = this.#size;
    this.#size += 2 * this.#timelines;
    if (this.#size > this.#values.length) {
      const larger = new BigInt64Array(2 * this.#size);
      larger.set(this.#values);
      this.#values = larger;
    }
    for (const [index, all] of times.entries()) {
      this.#values[position + 2 * index] = all[0] as bigint;
      this.#values[position + 2 * index + 1] = all[all.length - 1] as bigint;
    }
    return position;
  }

  /** Whether one chunk begins at or after the end of another on all timelines. */
  isAfter(position: number, before: number): boolean {
    for (let index = 0; index < 2 * this.#timelines; index += 2) {
      const end = this.#values[before + index + 1] as bigint;
      if ((this.#values[position + index] as bigint) < end) return false;
    }
    return true;
  }
}
