import type { RecordBlock } from "../file/record-block.ts";

/** The upper half of the last time of a timeline. */
const MAX_UPPER = 0x7fff_ffff;
const [MIN_TIME, MAX_TIME] = [-(2n ** 63n), 2n ** 63n - 1n];

/**
 * The nearest time that a timeline can have, because times of MCAP have another range. `rerun mcap convert` does the
 * same.
 */
export function storableTime(time: bigint): bigint {
  return time > MAX_TIME ? MAX_TIME : time < MIN_TIME ? MIN_TIME : time;
}

/**
 * Times of messages, in a growing array. Their bits are copied, because a bigint for each would take longer than the
 * decoding.
 */
export class MessageTimes {
  #values = new BigInt64Array(64);
  /** The same memory: the lower half of a time before the upper one. */
  #halves = new Uint32Array(this.#values.buffer);
  #length = 0;

  /** Appends the time at a position of a block. */
  push({ view }: RecordBlock, at: number): void {
    if (this.#length === this.#values.length) this.#resize(this.#values.length * 2);
    const index = 2 * this.#length++;
    const upper = view.getUint32(at + 4, true);
    const isStorable = upper <= MAX_UPPER;
    this.#halves[index] = isStorable ? view.getUint32(at, true) : 0xffff_ffff;
    this.#halves[index + 1] = isStorable ? upper : MAX_UPPER;
  }

  get values(): BigInt64Array {
    return this.#values.subarray(0, this.#length);
  }

  /** Removes all times. @param isShared whether chunks share their memory, which is left to them */
  release(isShared: boolean): void {
    const size = Math.max(64, this.#length);
    this.#length = 0;
    if (isShared) this.#resize(size);
  }

  #resize(size: number): void {
    const values = new BigInt64Array(size);
    if (this.#length > 0) values.set(this.#values);
    this.#values = values;
    this.#halves = new Uint32Array(values.buffer);
  }
}

/** The times of some rows, in their order. */
export function messageTimesOf(times: BigInt64Array, rows: Int32Array): BigInt64Array {
  const picked = new BigInt64Array(rows.length);
  const [from, to] = [times, picked].map(
    ({ buffer, byteOffset, length }) => new Int32Array(buffer, byteOffset, length * 2),
  ) as [Int32Array, Int32Array];
  for (let index = 0; index < rows.length; index++) {
    const row = rows[index] as number;
    to[2 * index] = from[2 * row] as number;
    to[2 * index + 1] = from[2 * row + 1] as number;
  }
  return picked;
}
