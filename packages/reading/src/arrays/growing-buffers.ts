import type { Nulls } from "./make-array.ts";

/** The arrays of a record batch in memory. */
export interface StoredArrays {
  /** The memory in which the buffers are. */
  readonly bytes: Uint8Array;
  /** The same memory as words of 32 bits. */
  readonly words: Int32Array;
  /** The number of elements of an array, negative if it cannot be so. */
  lengthOf(node: number): number;
  /** The number of nulls of an array, negative if it cannot be so. */
  nullsOf(node: number): number;
  /** The position of a buffer in the memory, negative if it is not within the batch. */
  startOf(buffer: number): number;
  /** The number of bytes of a buffer. */
  sizeOf(buffer: number): number;
}

/** The result of `append` for an array that was not appended. */
export const REJECTED: number = -1;

/** Which elements are not null. There is no bitmap before the first null. */
export class GrowingValidity {
  #bits: Uint8Array<ArrayBuffer> | undefined;

  /** Appends as many bits as `count` to `length` others. Returns the size of the buffer, or {@link REJECTED}. */
  append(from: StoredArrays, node: number, buffer: number, length: number, count: number): number {
    const nulls = from.nullsOf(node);
    const start = from.startOf(buffer);
    const size = from.sizeOf(buffer);
    if (nulls < 0 || nulls > count || start < 0) return REJECTED;
    const hasBits = nulls > 0 && size > 0;
    if (hasBits && size < Math.ceil(count / 8)) return REJECTED;
    if (!hasBits && this.#bits === undefined) return 0;
    const before = this.#bits ?? new Uint8Array(Math.ceil(length / 8)).fill(0xff);
    const bits = (this.#bits = growingBytes(before, Math.ceil((length + count) / 8)));
    copyBits(hasBits ? from.bytes : undefined, start * 8, bits, length, count);
    return hasBits ? size : 0;
  }

  /** The null count and the bitmap of the first elements. */
  finish(length: number): Nulls {
    const bits = this.#bits;
    if (bits === undefined) return { nullCount: 0, bitmap: undefined };
    const bitmap = new Uint8Array(Math.ceil(length / 64) * 8);
    copyBits(bits, 0, bitmap, 0, length);
    let valid = 0;
    for (let at = 0; at < length; at++) valid += ((bitmap[at >> 3] as number) >> (at & 7)) & 1;
    return valid === length ? { nullCount: 0, bitmap: undefined } : { nullCount: length - valid, bitmap };
  }
}

const NO_BYTES = new Uint8Array(0);
const NO_WORDS = new Int32Array(0);

/** Bytes that grow, also as words of 32 bits: bigints and numbers with a fraction would be slower, or change NaNs. */
export class GrowingMemory {
  bytes: Uint8Array<ArrayBuffer> = NO_BYTES;
  words: Int32Array = NO_WORDS;

  /** Makes room for as many bytes. */
  reserve(size: number): void {
    if (size <= this.bytes.byteLength) return;
    this.bytes = growingBytes(this.bytes, size);
    this.words = new Int32Array(this.bytes.buffer);
  }

  /** Copies bytes to a position. */
  copy(from: StoredArrays, start: number, size: number, at: number): void {
    this.reserve(at + size);
    if (size > SMALL) this.bytes.set(from.bytes.subarray(start, start + size), at);
    else if (((start | size | at) & 3) === 0) {
      const { words } = this;
      const [own, target] = [start >> 2, at >> 2];
      for (let word = 0; word < size >> 2; word++) words[target + word] = from.words[own + word] as number;
    } else for (let byte = 0; byte < size; byte++) this.bytes[at + byte] = from.bytes[start + byte] as number;
  }
}

/** Fewer bytes are copied one by one, which is faster than views of memory. */
const SMALL = 128;

/** Offsets of 32 bits, which begin at 0. */
export class GrowingOffsets {
  #offsets = new Int32Array(1);

  /** The offset at the end of so many elements. */
  at(length: number): number {
    return this.#offsets[length] as number;
  }

  /**
   * Appends the offsets of `count` elements to those of `length` others. Returns the number of items of the elements,
   * or {@link REJECTED}.
   */
  append(from: StoredArrays, buffer: number, length: number, count: number): number {
    const start = from.startOf(buffer);
    // An array without elements may lack offsets.
    if (count === 0) return start < 0 ? REJECTED : 0;
    if (start < 0 || (start & 3) !== 0 || from.sizeOf(buffer) < (count + 1) * 4) return REJECTED;
    if (length + count >= this.#offsets.length) {
      const larger = new Int32Array(withRoom(length + count + 1));
      larger.set(this.#offsets);
      this.#offsets = larger;
    }
    const offsets = this.#offsets;
    const { words } = from;
    const first = start >> 2;
    const base = offsets[length] as number;
    let before = 0;
    if (words[first] !== 0) return REJECTED;
    for (let index = 1; index <= count; index++) {
      const offset = words[first + index] as number;
      if (offset < before) return REJECTED;
      offsets[length + index] = base + (before = offset);
    }
    return before;
  }

  /** The offsets of so many elements, see {@link firstBytes}. */
  finish(length: number, allocate: AllocateCopy | undefined): Int32Array {
    const offsets = this.#offsets;
    const { buffer, byteOffset } = firstBytes(new Uint8Array(offsets.buffer), (length + 1) * 4, allocate);
    return new Int32Array(buffer, byteOffset, length + 1);
  }
}

/** Gives memory for a copy, at a position that is a multiple of 8. */
export type AllocateCopy = (length: number) => Uint8Array<ArrayBuffer>;

/** The first bytes: a copy, or without `allocate` the same memory. */
export function firstBytes(
  bytes: Uint8Array<ArrayBuffer>,
  size: number,
  allocate: AllocateCopy | undefined,
): Uint8Array<ArrayBuffer> {
  return allocate === undefined ? bytes.subarray(0, size) : copyOf(bytes, size, allocate);
}

/** A copy of the first bytes. */
export function copyOf(bytes: Uint8Array, size: number, allocate: AllocateCopy): Uint8Array<ArrayBuffer> {
  const copy = allocate(size);
  copy.set(bytes.subarray(0, size));
  return copy;
}

/** The same bytes with room for at least `size`, and for more if they had to move. */
export function growingBytes(bytes: Uint8Array<ArrayBuffer>, size: number): Uint8Array<ArrayBuffer> {
  if (size <= bytes.byteLength) return bytes;
  const larger = new Uint8Array(withRoom(size));
  larger.set(bytes);
  return larger;
}

/** Smaller memory doubles, and larger memory grows by half, which wastes less. */
const DOUBLED = 8192;

/** A size of memory to grow in: a multiple of 4, because it is also read as words. */
function withRoom(size: number): number {
  return (size + (size >> (size < DOUBLED ? 0 : 1)) + 3) & ~3;
}

/**
 * Copies bits.
 *
 * @param from where the bits are, or `undefined` for ones
 * @param start the first bit
 * @param at the first bit in `target`. The bits behind the copied ones may be changed
 */
export function copyBits(
  from: Uint8Array | undefined,
  start: number,
  target: Uint8Array,
  at: number,
  count: number,
): void {
  for (let index = 0; index < count; index++) {
    const bit = from === undefined ? 1 : ((from[(start + index) >> 3] as number) >> ((start + index) & 7)) & 1;
    const byte = (at + index) >> 3;
    const mask = 1 << ((at + index) & 7);
    const before = target[byte] as number;
    target[byte] = bit === 1 ? before | mask : before & ~mask;
  }
}
