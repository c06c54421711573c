import type { Int64 } from "../time/int64.ts";

/** A time-based id of 128 bits: nanoseconds since 1970, then a counter. Halves are unsigned. */
export interface Tuid {
  timeHi: number;
  timeLo: number;
  incHi: number;
  incLo: number;
}

/**
 * The time of ids moves in steps of 2^16 ns: their order comes from the counter, and ids of one step
 * differ in one byte, which compresses well.
 */
const TIME_MASK = 0xffff0000;

/** Makes ids that strictly increase. */
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

  /** Makes the next id, which the generator's own fields then hold, from a reading of the clock. */
  next(now: Int64): void {
    const hi = now.hi >>> 0;
    const lo = (now.lo & TIME_MASK) >>> 0;
    // The clock may be set back; ids never are.
    if (hi > this.timeHi || (hi === this.timeHi && lo > this.timeLo)) {
      this.timeHi = hi;
      this.timeLo = lo;
    }
    this.skip(1);
  }

  /** Uses up `count` counter values, so that ids derived from the last one stay unique. */
  skip(count: number): void {
    const low = this.incLo + count;
    this.incLo = low >>> 0;
    if (low > 0xffffffff) this.incHi = (this.incHi + 1) >>> 0;
  }
}

/** A copy of an id. */
export function copyTuid({ timeHi, timeLo, incHi, incLo }: Tuid): Tuid {
  return { timeHi, timeLo, incHi, incLo };
}

/** Writes an id big-endian, as Arrow columns hold it. */
export function writeTuid(view: DataView, at: number, id: Tuid): void {
  view.setUint32(at, id.timeHi);
  view.setUint32(at + 4, id.timeLo);
  view.setUint32(at + 8, id.incHi);
  view.setUint32(at + 12, id.incLo);
}

/** The text of an id: the time in upper case, the counter in lower case. */
export function tuidText(id: Tuid): string {
  return (hex(id.timeHi) + hex(id.timeLo)).toUpperCase() + hex(id.incHi) + hex(id.incLo);
}

function hex(value: number): string {
  return value.toString(16).padStart(8, "0");
}
