/** The source of rows that are null. */
export const NULL_SOURCE = -1;
/** The source of rows that are an empty list. */
export const EMPTY_SOURCE = -2;

/** Which rows to take from which arrays, in order: ranges of rows, so that whole blocks are copied. */
export class Runs {
  /** The position of the array that each range is taken from, or one of the sources above. */
  readonly sources: number[] = [];
  /** The first row of each range. */
  readonly starts: number[] = [];
  /** The number of rows of each range. */
  readonly counts: number[] = [];
  /** The number of all rows. */
  length = 0;

  /** Adds rows. They extend the last range if they follow it. */
  push(source: number, start: number, count: number): void {
    if (count === 0) return;
    const last = this.sources.length - 1;
    this.length += count;
    if (last >= 0 && this.sources[last] === source) {
      const before = this.counts[last] as number;
      if (source < 0 || (this.starts[last] as number) + before === start) {
        this.counts[last] = before + count;
        return;
      }
    }
    this.sources.push(source);
    this.starts.push(start);
    this.counts.push(count);
  }

  /** The rows from `start` to before `end`. */
  slice(start: number, end: number): Runs {
    const part = new Runs();
    let row = 0;
    for (let run = 0; run < this.sources.length && row < end; run++) {
      const count = this.counts[run] as number;
      const from = Math.max(start - row, 0);
      const to = Math.min(end - row, count);
      if (from < to) part.push(this.sources[run] as number, (this.starts[run] as number) + from, to - from);
      row += count;
    }
    return part;
  }
}

/** Whether rows of this source have a value that is not null. */
export function isPresent(source: number): boolean {
  return source !== NULL_SOURCE;
}
