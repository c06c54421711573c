import { NO_BYTES } from "../../bytes/no-bytes.ts";

/** The null bitmap of an array. It allocates nothing before the first null. */
export class Validity {
  /** The number of null slots. */
  nullCount = 0;
  #bits: Uint8Array | undefined;

  /** Marks the next slot, which is at `index`, as null. */
  markNull(index: number): void {
    const bits = this.#ensure(index + 1);
    bits[index >> 3] = (bits[index >> 3] as number) & ~(1 << (index & 7));
    this.nullCount++;
  }

  /** Copies the nulls among the slots `from` to `to` of another array to the next slots, which begin at `index`. */
  copyFrom(source: Validity, from: number, to: number, index: number): void {
    if (source.nullCount === 0) return;
    for (let slot = from; slot < to; slot++) if (!source.isValid(slot)) this.markNull(index + slot - from);
  }

  isValid(index: number): boolean {
    const byte = this.#bits?.[index >> 3];
    return byte === undefined || (byte & (1 << (index & 7))) !== 0;
  }

  /** Removes the nulls among the slots from `length` up to `end`, the number of slots. */
  truncate(length: number, end: number): void {
    if (this.nullCount === 0) return;
    for (let index = length; index < end; index++) {
      if (this.isValid(index)) continue;
      const bits = this.#bits as Uint8Array;
      bits[index >> 3] = (bits[index >> 3] as number) | (1 << (index & 7));
      this.nullCount--;
    }
  }

  clear(): void {
    this.nullCount = 0;
    this.#bits = undefined;
  }

  /** The number of null slots in a range. */
  countNulls(from: number, to: number): number {
    if (this.nullCount === 0) return 0;
    let count = 0;
    for (let index = from; index < to; index++) if (!this.isValid(index)) count++;
    return count;
  }

  /** The bitmap of a range of slots, empty if no slot is null. */
  bitmap(from: number, to: number): Uint8Array {
    if (this.countNulls(from, to) === 0) return NO_BYTES;
    const bits = new Uint8Array((to - from + 7) >> 3);
    for (let index = from; index < to; index++) {
      if (this.isValid(index)) setBit(bits, index - from);
    }
    return bits;
  }

  #ensure(length: number): Uint8Array {
    const needed = (length + 7) >> 3;
    if (this.#bits === undefined || this.#bits.byteLength < needed) {
      const grown = new Uint8Array(Math.max(16, needed * 2)).fill(0xff);
      if (this.#bits !== undefined) grown.set(this.#bits);
      this.#bits = grown;
    }
    return this.#bits;
  }
}

/** Sets one bit of a bitmap, the least significant bit of each byte first. */
export function setBit(bits: Uint8Array, index: number): void {
  bits[index >> 3] = (bits[index >> 3] as number) | (1 << (index & 7));
}
