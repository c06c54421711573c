import type { Int64 } from "../time/int64.ts";

/** A time-based id of 128 bits: nanoseconds since 1970, then a counter, each in two unsigned halves. */
export interface Tuid {
  timeHi: number;
  timeLo: number;
  incHi: number;
  incLo: number;
}

/**
 * The time of ids changes every 2^16 ns only: their order comes from the counter, and the ids of one step mostly differ
 * in one byte, which compresses well.
 */
const TIME_MASK = 0xffff0000;

/**
 * Generates strictly increasing ids, even when the clock is set back.
 *
 * The fields of the generator are the current id, so that a row allocates nothing. {@link copyTuid} makes a lasting
 * copy of that id. The counter begins at a random number, so that the ids of two programs differ, and is never reset.
 */
export class TuidGenerator implements Tuid {
  timeHi = 0;
  timeLo = 0;
  incHi: number;
  incLo: number;

  constructor() {
    const random = crypto.getRandomValues(new Uint32Array(2));
    this.incHi = (random[0] as number) & 0x3fffffff;
    this.incLo = random[1] as number;
  }

  /** Generates the next id into the generator's own fields. */
  next(now: Int64): void {
    const hi = now.hi >>> 0;
    const lo = (now.lo & TIME_MASK) >>> 0;
    // If the clock was set back, ids keep the later time.
    if (hi > this.timeHi || (hi === this.timeHi && lo > this.timeLo)) {
      this.timeHi = hi;
      this.timeLo = lo;
    }
    this.skip(1);
  }

  /** Skips `count` counter values, which {@link RowIdColumn.idsAfter} derives from the current id. */
  skip(count: number): void {
    const low = this.incLo + count;
    this.incLo = low >>> 0;
    if (low > 0xffffffff) this.incHi = (this.incHi + 1) >>> 0;
  }
}

/** Copies an id. */
export function copyTuid({ timeHi, timeLo, incHi, incLo }: Tuid): Tuid {
  return { timeHi, timeLo, incHi, incLo };
}

/** Writes an id in 16 bytes, big-endian, as in Arrow columns. */
export function writeTuid(view: DataView, at: number, id: Tuid): void {
  view.setUint32(at, id.timeHi);
  view.setUint32(at + 4, id.timeLo);
  view.setUint32(at + 8, id.incHi);
  view.setUint32(at + 12, id.incLo);
}

/** The id as 32 hexadecimal digits, as Rerun prints it: the time in upper case, the counter in lower case. */
export function tuidText(id: Tuid): string {
  return (hex(id.timeHi) + hex(id.timeLo)).toUpperCase() + hex(id.incHi) + hex(id.incLo);
}

function hex(value: number): string {
  return value.toString(16).padStart(8, "0");
}

/** The row ids of chunks of `sendColumns`, in memory that is reused for each chunk. */
export class RowIdColumn {
  #view: DataView = new DataView(new ArrayBuffer(0));

  /** The `count` ids after `id`, numbered as Rerun does, 16 bytes each, big-endian. Valid until the next call. */
  idsAfter(id: Tuid, count: number): Uint8Array {
    const length = count * 16;
    if (this.#view.byteLength < length) this.#view = new DataView(new ArrayBuffer(length));
    const view = this.#view;
    // Converted to 32-bit integers, which engines never box.
    const timeHi = id.timeHi | 0;
    const timeLo = id.timeLo | 0;
    let incHi = id.incHi | 0;
    let incLo = id.incLo | 0;
    for (let at = 0; at < length; at += 16) {
      incLo = (incLo + 1) | 0;
      if (incLo === 0) incHi = (incHi + 1) | 0;
      view.setInt32(at, timeHi);
      view.setInt32(at + 4, timeLo);
      view.setInt32(at + 8, incHi);
      view.setInt32(at + 12, incLo);
    }
    return new Uint8Array(view.buffer, 0, length);
  }
}
