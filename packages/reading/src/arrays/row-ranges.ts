/** The source of rows that are null. */
export const NULL_SOURCE = -1;
/** The source of rows that are an empty list. */
export const EMPTY_SOURCE = -2;

/** For how many ranges there is memory at first. */
const CAPACITY = 16;

/** Rows to take from several arrays, in order, as ranges, so that whole blocks are copied. */
export class RowRanges {
  /** The number of ranges. The arrays have room for more. */
  size = 0;
  /** The position of the source array of each range, or one of the constants above. */
  sources: Int32Array;
  /** The first row of each range. */
  starts: Float64Array;
  /** The number of rows of each range. */
  counts: Float64Array;
  /** The number of all rows. */
  length = 0;
  /** Whether any row is null because it has no source. */
  hasNullSource = false;

  /** @param capacity how many ranges are expected */
  constructor(capacity: number = CAPACITY) {
    this.sources = new Int32Array(capacity);
    this.starts = new Float64Array(capacity);
    this.counts = new Float64Array(capacity);
  }

  /** Adds rows. They extend the last range if they follow it. */
  push(source: number, start: number, count: number): void {
    if (count === 0) return;
    const { size } = this;
    this.length += count;
    if (size > 0 && this.sources[size - 1] === source) {
      const before = this.counts[size - 1] as number;
      if (source < 0 || (this.starts[size - 1] as number) + before === start) {
        this.counts[size - 1] = before + count;
        return;
      }
    }
    if (size === this.sources.length) this.#grow();
    this.sources[size] = source;
    this.starts[size] = start;
    this.counts[size] = count;
    this.size = size + 1;
    if (source === NULL_SOURCE) this.hasNullSource = true;
  }

  /** The rows from `start` to before `end`. */
  slice(start: number, end: number): RowRanges {
    if (start === 0 && end >= this.length) return this;
    const part = new RowRanges();
    let row = 0;
    for (let range = 0; range < this.size && row < end; range++) {
      const count = this.counts[range] as number;
      const from = Math.max(start - row, 0);
      const to = Math.min(end - row, count);
      if (from < to) part.push(this.sources[range] as number, (this.starts[range] as number) + from, to - from);
      row += count;
    }
    return part;
  }

  #grow(): void {
    const capacity = Math.max(this.sources.length * 2, CAPACITY);
    const { sources, starts, counts } = this;
    this.sources = new Int32Array(capacity);
    this.starts = new Float64Array(capacity);
    this.counts = new Float64Array(capacity);
    this.sources.set(sources);
    this.starts.set(starts);
    this.counts.set(counts);
  }
}

/** Takes rows from ranges, one part after the other, so that each range is visited once. */
export class RowRangeSlicer {
  readonly #ranges: RowRanges;
  /** The range of the next row, and the number of its rows taken so far. */
  #range = 0;
  #taken = 0;

  constructor(ranges: RowRanges) {
    this.#ranges = ranges;
  }

  /** The next rows. */
  take(count: number): RowRanges {
    const { size, length, sources, starts, counts } = this.#ranges;
    if (this.#range === 0 && this.#taken === 0 && count >= length) {
      this.#range = size;
      return this.#ranges;
    }
    const part = new RowRanges();
    for (let rest = count; rest > 0 && this.#range < size;) {
      const own = Math.min(rest, (counts[this.#range] as number) - this.#taken);
      part.push(sources[this.#range] as number, (starts[this.#range] as number) + this.#taken, own);
      this.#taken += own;
      rest -= own;
      if (this.#taken === counts[this.#range]) {
        this.#range++;
        this.#taken = 0;
      }
    }
    return part;
  }
}

/** Whether rows of this source have a value that is not null. */
export function isPresent(source: number): boolean {
  return source !== NULL_SOURCE;
}
