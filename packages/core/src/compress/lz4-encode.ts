import { NO_BYTES, NO_VIEW } from "../bytes/no-bytes.ts";
import { MAX_DISTANCE } from "./lz4-format.ts";
import { largeSearch } from "./no-wasm.ts";

/** A section of the input of {@link Lz4Encoder.compress}, with the method for finding repetitions in it. */
export interface Lz4Section {
  /** The end of the section in the input. It begins at the end of the previous one, or at 0. */
  readonly end: number;
  /**
   * The width of an element in bytes, at least 4, to compare each element with the one before: for row ids, times and
   * offsets as good as a search, and several times as fast. {@link SEARCH} finds any repetition, {@link COPY} none.
   */
  readonly stride: number;
}

/** Instead of a stride: find any repetition. */
export const SEARCH = 0;
/** Instead of a stride: look for no repetitions. */
export const COPY = -1;

const MIN_MATCH = 4;
/** The table's value for a hash that has not occurred: a position that is out of reach. */
const NO_POSITION = -MAX_DISTANCE - 1;
/**
 * No match may begin or end in the last bytes: the format requires 5 literals there, and 12 bytes after the last
 * match's start.
 */
const TAIL = 12;
/** The table of positions fits the processor's first-level cache. */
const HASH_BITS = 12;
/** The least size of a section that is searched by WebAssembly, which copies it. */
const LARGE = 64 * 1024;
/** The size of the table after a prefix: smaller, because the inputs are small and each prefix has its own table. */
const PREFIX_HASH_BITS = 11;

/** The number of bytes at the beginning of inputs with a prefix that may differ: the length of a message is there. */
const HEAD = 8;

/** The compressed common beginning of similar inputs, see {@link Lz4Encoder.compressPrefix}. */
export interface Lz4Prefix {
  /** The end of the common beginning. */
  readonly end: number;
  /** The beginning of a block, without the last literals. */
  readonly block: Uint8Array;
  /** The position of the head in `block`, if that is not empty. */
  readonly headAt: number;
  /** The position of the first literal that is not in `block`. */
  readonly anchor: number;
  /** The last position of each hash. */
  readonly table: Int32Array;
}

/** The largest compressed size of `length` bytes. */
export function lz4Bound(length: number): number {
  return length + Math.ceil(length / 255) + 16;
}

/**
 * Compresses to raw LZ4 blocks, without frame and size. Source: the LZ4 block format, github.com/lz4/lz4.
 *
 * The input is divided into sections by the kind of their data, which makes compression fast. Matches may refer to
 * earlier sections. `compress` reuses one table, so calls must not be nested, and it holds no reference to the input or
 * output after it returns. It never fails: data without repetitions grows a little, up to {@link lz4Bound}.
 */
export class Lz4Encoder {
  /** The last position of each hash. */
  readonly #table = new Int32Array(1 << HASH_BITS);
  #source: Uint8Array = NO_BYTES;
  #sourceView: DataView = NO_VIEW;
  #target: Uint8Array = NO_BYTES;
  #targetView: DataView = NO_VIEW;
  /** The position of the next byte in the target. */
  #at = 0;
  /** The position in the source of the first literal that is not written yet. */
  #anchor = 0;

  /**
   * Compresses all of `source` into `target` at `at`, where `lz4Bound` bytes are free. Returns the end of the block in
   * `target`.
   *
   * @param prefix the compressed beginning of `source`, if there is one; for inputs of a few KiB
   */
  compress(
    source: Uint8Array,
    sections: readonly Lz4Section[],
    target: Uint8Array,
    at: number,
    prefix?: Lz4Prefix,
  ): number {
    this.#begin(source, target, at);
    const limit = source.byteLength - TAIL;
    let bits = HASH_BITS;
    let from = 0;
    if (prefix === undefined) {
      this.#table.fill(NO_POSITION);
    } else {
      target.set(prefix.block, at);
      if (prefix.anchor > 0) target.set(source.subarray(0, HEAD), at + prefix.headAt);
      this.#at += prefix.block.byteLength;
      this.#anchor = prefix.anchor;
      this.#table.set(prefix.table);
      from = prefix.end;
      bits = PREFIX_HASH_BITS;
    }
    for (const { end, stride } of sections) {
      const to = Math.min(end, limit);
      if (stride > 0) this.#compareStrides(from, to, stride);
      else if (stride === SEARCH) this.#search(bits === HASH_BITS ? this.#searchLarge(from, to) : from, to, 32 - bits);
      from = end;
    }
    this.#writeLiterals(source.byteLength);
    this.#begin(NO_BYTES, NO_BYTES, this.#at);
    return this.#at;
  }

  /**
   * Compresses the first `end` bytes of inputs that are equal up to there, but for the first 8 bytes, and have 12 bytes
   * more at least. `target` is as for {@link compress}.
   */
  compressPrefix(source: Uint8Array, end: number, target: Uint8Array): Lz4Prefix {
    this.#begin(source, target, 0);
    const table = this.#table.subarray(0, 1 << PREFIX_HASH_BITS).fill(NO_POSITION);
    this.#search(HEAD, end, 32 - PREFIX_HASH_BITS, HEAD);
    // The head is in the first literals, after the token and the rest of their length.
    let headAt = 1;
    if ((target[0] as number) >= 0xf0) while (target[headAt++] === 255);
    return { end, block: target.slice(0, this.#at), headAt, anchor: this.#anchor, table: table.slice() };
  }

  #begin(source: Uint8Array, target: Uint8Array, at: number): void {
    this.#source = source;
    this.#sourceView = new DataView(source.buffer, source.byteOffset, source.byteLength);
    this.#target = target;
    this.#targetView = new DataView(target.buffer, target.byteOffset, target.byteLength);
    this.#at = at;
    this.#anchor = 0;
  }

  /** Finds the bytes that each element has in common with the one before, four bytes at a time. */
  #compareStrides(from: number, to: number, stride: number): void {
    const view = this.#sourceView;
    const last = to - 4;
    let at = from + stride;
    let start = at;
    while (at <= last) {
      let difference = 0;
      while (at <= last && (difference = view.getInt32(at, true) ^ view.getInt32(at - stride, true)) === 0) at += 4;
      const end = difference === 0 ? at : at + equalBytes(difference);
      if (end - start >= MIN_MATCH) this.#emit(start, end, stride);
      at += 4;
      start = at - (Math.clz32(difference) >> 3);
      if (start - end !== 1 || this.#anchor !== end) continue;
      const next = this.#countUp(end, to, stride);
      if (next === end) continue;
      start = next;
      at = start - ((start - from) & 3);
    }
  }

  /**
   * Writes the next elements that differ from the previous one in one byte, as most elements of a counter do. Each
   * element becomes that byte, which is at `at` in the first of them, and a match up to the same byte of the next
   * element. Returns the position to continue at.
   */
  #countUp(at: number, to: number, stride: number): number {
    const view = this.#sourceView;
    const target = this.#targetView;
    const rest = stride - 1 - MIN_MATCH;
    if (rest < 0 || rest >= 15) return at;
    const sequence = 0x10 | rest | (stride << 16);
    let out = this.#at;
    for (const limit = to - stride; at < limit; at += stride) {
      let isEqual = view.getInt32(at + stride - 4, true) === view.getInt32(at - 4, true);
      for (let byte = 1; byte < stride - 4 && isEqual; byte += 4)
        isEqual = view.getInt32(at + byte, true) === view.getInt32(at + byte - stride, true);
      const value = view.getUint8(at);
      if (!isEqual || value === view.getUint8(at + stride)) break;
      target.setInt32(out, sequence | (value << 8), true);
      out += 4;
    }
    this.#at = out;
    this.#anchor = at;
    return at;
  }

  /** Searches a large section by WebAssembly, where there is any. Returns the position up to which it did. */
  #searchLarge(from: number, to: number): number {
    let done = from;
    while (to - done >= LARGE) {
      const large = largeSearch();
      if (large === undefined) break;
      large.anchor = this.#anchor;
      large.at = this.#at;
      const end = large.search({ source: this.#source, table: this.#table, from: done, to, target: this.#target });
      if (end === done) break;
      done = end;
      this.#anchor = large.anchor;
      this.#at = large.at;
      if (this.#anchor < end) continue;
      const matchEnd = this.#matchEnd(end, large.distance, to);
      if (matchEnd - end < MIN_MATCH) continue;
      this.#emit(end, matchEnd, large.distance);
      done = matchEnd;
    }
    return done;
  }

  /**
   * Finds repetitions by the hashes of five bytes. `shift` reduces a hash to an index of the table. `first` is the
   * least position for matches.
   */
  #search(from: number, to: number, shift: number, first = 0): void {
    const source = this.#source;
    const view = this.#sourceView;
    const table = this.#table;
    const last = to - MIN_MATCH;
    let at = Math.max(from, this.#anchor);
    let misses = 0;
    while (at <= last) {
      const word = view.getInt32(at, true);
      const next = view.getInt32(at + 4, true);
      const slot = fiveByteHash(word, next & 0xff) >>> shift;
      const candidate = table[slot] as number;
      table[slot] = at;
      const distance = at - candidate;
      let difference = 0;
      // Five bytes must match, because matches of four save nothing and are frequent in noise.
      if (
        distance > MAX_DISTANCE ||
        view.getInt32(candidate, true) !== word ||
        ((difference = view.getInt32(candidate + 4, true) ^ next) & 0xff) !== 0
      ) {
        at += 1 + (misses++ >> 5);
        continue;
      }
      misses = 0;
      let end = at + 4 + equalBytes(difference);
      if (end > to) end = to;
      else if (difference === 0) end = this.#matchEnd(end, distance, to);
      while (at > this.#anchor && at - distance > first && source[at - 1] === source[at - distance - 1]) at--;
      this.#emit(at, end, distance);
      at = end;
      // Adds one position inside the match, so that the encoder finds the same data again later.
      table[fiveByteHash(view.getInt32(at - 2, true), source[at + 2] as number) >>> shift] = at - 2;
    }
  }

  /** The end of a match whose first bytes were compared up to `at`. */
  #matchEnd(at: number, distance: number, to: number): number {
    const source = this.#source;
    const view = this.#sourceView;
    const last = to - 4;
    let difference = 0;
    while (at <= last && (difference = view.getInt32(at, true) ^ view.getInt32(at - distance, true)) === 0) at += 4;
    if (difference !== 0) return at + equalBytes(difference);
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
      // The usual case in columns: copies literals four at a time. Later writes overwrite the excess bytes.
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

  /** Writes a token and the literals up to `end`. Returns the position of the token. */
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

  /** Writes the part of a length that does not fit the token. */
  #writeLength(rest: number): void {
    let at = this.#at;
    for (; rest >= 255; rest -= 255) this.#target[at++] = 255;
    this.#target[at++] = rest;
    this.#at = at;
  }
}

/**
 * The hash of four bytes and a fifth. The fifth is added between bytes, because images often have few values: those of
 * all five bytes must stay apart.
 */
function fiveByteHash(word: number, fifth: number): number {
  return Math.imul(word ^ (fifth << 20), 0x9e3779b1);
}

/** The number of equal first bytes of two words with this difference: 4 if it is 0. */
function equalBytes(difference: number): number {
  return difference === 0 ? 4 : (31 - Math.clz32(difference & -difference)) >> 3;
}
