/** A stretch of the input of {@link Lz4Encoder.compress} and how it is looked through. */
export interface Lz4Section {
  /** Where it ends; it begins where the one before ends. */
  readonly end: number;
  /**
   * `search` finds any repetition. `stride` compares each element with the one before: as good on row ids, times
   * and offsets, and several times as fast. `copy` looks for nothing.
   */
  readonly method: "search" | "stride" | "copy";
  /** The width of an element in bytes, at least 4; only for `stride`. */
  readonly stride: number;
}

const MIN_MATCH = 4;
const MAX_DISTANCE = 65535;
/** Stands in the table where nothing was seen: a position out of reach. */
const NOWHERE = -MAX_DISTANCE - 1;
/** No match may reach into the last bytes: the format wants 5 literals there, and 12 bytes after the last match's start. */
const TAIL = 12;
/** As many places as fit the processor's nearest cache. */
const MAX_HASH_BITS = 12;

/** The largest size that `length` bytes can take. */
export function lz4Bound(length: number): number {
  return length + Math.ceil(length / 255) + 16;
}

/**
 * Writes LZ4 blocks (raw: no frame, no size). Source: the LZ4 block format, github.com/lz4/lz4.
 * Holds its tables, so one encoder serves one caller at a time.
 */
export class Lz4Encoder {
  readonly #table = new Int32Array(1 << MAX_HASH_BITS);
  #source: Uint8Array = new Uint8Array(0);
  #sourceView: DataView = new DataView(new ArrayBuffer(0));
  #target: Uint8Array = new Uint8Array(0);
  #targetView: DataView = this.#sourceView;
  /** Where the next byte goes. */
  #at = 0;
  /** Where the literals that are not written yet begin. */
  #anchor = 0;

  /** Compresses all of `source` into `target` at `at`, which has `lz4Bound` bytes left. Returns where it ended. */
  compress(source: Uint8Array, sections: readonly Lz4Section[], target: Uint8Array, at: number): number {
    this.#source = source;
    this.#sourceView = new DataView(source.buffer, source.byteOffset, source.byteLength);
    this.#target = target;
    this.#targetView = new DataView(target.buffer, target.byteOffset, target.byteLength);
    this.#at = at;
    this.#anchor = 0;
    const limit = source.byteLength - TAIL;
    let from = 0;
    let isTableClear = false;
    for (const { end, method, stride } of sections) {
      const to = Math.min(end, limit);
      if (method === "stride") {
        this.#compareStrides(from, to, stride);
      } else if (method === "search") {
        const bits = Math.min(MAX_HASH_BITS, Math.max(8, 31 - Math.clz32(source.byteLength)));
        if (!isTableClear) this.#table.fill(NOWHERE, 0, 1 << bits);
        isTableClear = true;
        this.#search(from, to, 32 - bits);
      }
      from = end;
    }
    this.#finish();
    return this.#at;
  }

  #compareStrides(from: number, to: number, stride: number): void {
    const view = this.#sourceView;
    const last = to - 4;
    let at = from + stride;
    let start = at;
    while (at <= last) {
      let difference = 0;
      while (at <= last && (difference = view.getInt32(at, true) ^ view.getInt32(at - stride, true)) === 0) at += 4;
      const end = difference === 0 ? at : at + ((31 - Math.clz32(difference & -difference)) >> 3);
      if (end - start >= MIN_MATCH) this.#emit(start, end, stride);
      at += 4;
      start = at - (Math.clz32(difference) >> 3);
    }
  }

  #search(from: number, to: number, shift: number): void {
    const source = this.#source;
    const view = this.#sourceView;
    const table = this.#table;
    const last = to - MIN_MATCH;
    let at = Math.max(from, this.#anchor);
    let misses = 0;
    while (at <= last) {
      const word = view.getInt32(at, true);
      // Five bytes are looked for: matches of four save nothing, and in noise there are many.
      const fifth = source[at + 4] as number;
      const slot = fiveByteHash(word, fifth) >>> shift;
      let candidate = table[slot] as number;
      table[slot] = at;
      if (at - candidate > MAX_DISTANCE || view.getInt32(candidate, true) !== word || source[candidate + 4] !== fifth) {
        at += 1 + (misses++ >> 5);
        continue;
      }
      misses = 0;
      const distance = at - candidate;
      while (at > this.#anchor && candidate > 0 && source[at - 1] === source[candidate - 1]) {
        at--;
        candidate--;
      }
      const end = this.#matchEnd(at + MIN_MATCH, distance, to);
      this.#emit(at, end, distance);
      at = end;
      // One place within the match, so that what follows it finds it again.
      table[fiveByteHash(view.getInt32(at - 2, true), source[at + 2] as number) >>> shift] = at - 2;
    }
  }

  #matchEnd(at: number, distance: number, to: number): number {
    const source = this.#source;
    const view = this.#sourceView;
    const last = to - 4;
    let difference = 0;
    while (at <= last && (difference = view.getInt32(at, true) ^ view.getInt32(at - distance, true)) === 0) at += 4;
    if (difference !== 0) return at + ((31 - Math.clz32(difference & -difference)) >> 3);
    while (at < to && source[at] === source[at - distance]) at++;
    return at;
  }

  /** Writes the pending literals and a match of `end - start` bytes. */
  #emit(start: number, end: number, distance: number): void {
    const target = this.#targetView;
    const count = start - this.#anchor;
    const rest = end - start - MIN_MATCH;
    let at = this.#at;
    if (count < 15 && rest < 15) {
      // The usual case in columns. Literals go four at a time: what is written too much is overwritten next.
      const source = this.#sourceView;
      const anchor = this.#anchor;
      target.setUint8(at++, (count << 4) | rest);
      for (let done = 0; done < count; done += 4)
        target.setInt32(at + done, source.getInt32(anchor + done, true), true);
      at += count;
    } else {
      const token = this.#writeLiterals(start);
      target.setUint8(token, target.getUint8(token) | Math.min(rest, 15));
      at = this.#at;
    }
    target.setUint16(at, distance, true);
    this.#at = at + 2;
    if (rest >= 15) this.#writeLength(rest - 15);
    this.#anchor = end;
  }

  /** Writes a token and the literals up to `end`; returns where the token is. */
  #writeLiterals(end: number): number {
    const target = this.#target;
    const source = this.#source;
    const token = this.#at++;
    const count = end - this.#anchor;
    if (count < 15) {
      target[token] = count << 4;
    } else {
      target[token] = 0xf0;
      this.#writeLength(count - 15);
    }
    let at = this.#at;
    if (count > 32) {
      target.set(source.subarray(this.#anchor, end), at);
      at += count;
    } else {
      for (let from = this.#anchor; from < end; from++) target[at++] = source[from] as number;
    }
    this.#at = at;
    return token;
  }

  #writeLength(rest: number): void {
    let at = this.#at;
    for (; rest >= 255; rest -= 255) this.#target[at++] = 255;
    this.#target[at++] = rest;
    this.#at = at;
  }

  #finish(): void {
    this.#writeLiterals(this.#source.byteLength);
    // Nothing of the caller's is held on to.
    this.#source = new Uint8Array(0);
    this.#sourceView = new DataView(this.#source.buffer);
    this.#target = this.#source;
    this.#targetView = this.#sourceView;
  }
}

function fiveByteHash(word: number, fifth: number): number {
  return Math.imul(word ^ (fifth << 8), 0x9e3779b1);
}
