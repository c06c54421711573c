import type { Tuid } from "./tuid.ts";

/** The row ids of chunks of columns, in memory that serves one chunk after the other. */
export class RowIdColumn {
  #view: DataView = new DataView(new ArrayBuffer(0));

  /** `id` counted on `count` times, as Rerun does; big-endian, valid until the next call. */
  countOn(id: Tuid, count: number): Uint8Array {
    const length = count * 16;
    if (this.#view.byteLength < length) this.#view = new DataView(new ArrayBuffer(length));
    const view = this.#view;
    // As 32-bit integers, which are never boxed.
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
