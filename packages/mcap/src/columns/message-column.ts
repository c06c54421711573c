import { Data, type DataType } from "apache-arrow";

/** Values of one field of many messages, in the memory layout of Arrow. */
export abstract class MessageColumn {
  #validity: Uint8Array | undefined;
  #nulls = 0;

  /** The number of values. */
  abstract readonly length: number;

  /** The Arrow type. */
  abstract get type(): DataType;

  /** Number of bytes that the values take, about. */
  abstract get byteLength(): number;

  /** Appends the value of a field that is not set. */
  abstract pushDefault(): void;

  /** Removes values from the end, such as those of a message that cannot be decoded. */
  truncate(length: number): void {
    for (let index = length; index < this.length && this.#nulls > 0; index++) {
      if (!this.isNull(index)) continue;
      this.#nulls--;
      setBit(this.#validity as Uint8Array, index, true);
    }
    this.drop(length);
  }

  /** Removes all values. @param isShared whether arrays share their memory, which is left to them */
  release(isShared: boolean): void {
    this.#nulls = 0;
    this.#validity = undefined;
    this.renew(isShared);
  }

  /** Appends a null. */
  pushNull(): void {
    const index = this.length;
    this.pushDefault();
    if (this.#validity === undefined || index >> 3 >= this.#validity.length) {
      const grown = new Uint8Array(Math.max(16, (index >> 3) * 2)).fill(255);
      if (this.#validity !== undefined) grown.set(this.#validity);
      this.#validity = grown;
    }
    setBit(this.#validity, index, false);
    this.#nulls++;
  }

  /** Whether a value is null. */
  isNull(index: number): boolean {
    if (this.#nulls === 0 || this.#validity === undefined || index >> 3 >= this.#validity.length) return false;
    return (((this.#validity[index >> 3] as number) >> (index & 7)) & 1) === 0;
  }

  /** The number of nulls. */
  get nullCount(): number {
    return this.#nulls;
  }

  /** The values as an Arrow array. It shares the memory of this column until `release`. */
  abstract toData(): Data;

  /** Removes values from the end. The caller has counted their nulls already. */
  protected abstract drop(length: number): void;

  /** Removes all values, and takes new memory if arrays share the old one. */
  protected abstract renew(isShared: boolean): void;

  /** An Arrow array over buffers: the offsets, the values. */
  protected make(
    offsets: Int32Array | undefined,
    values: ArrayBufferView | undefined,
    children: readonly Data[] = [],
  ): Data {
    const validity = this.#nulls === 0 ? undefined : this.#validityBytes();
    const buffers = [offsets, values, validity, undefined] as never;
    return new Data(this.type, 0, this.length, this.#nulls, buffers, [...children]);
  }

  #validityBytes(): Uint8Array {
    const size = (this.length + 7) >> 3;
    const bytes = new Uint8Array(size).fill(255);
    bytes.set((this.#validity as Uint8Array).subarray(0, size));
    return bytes;
  }
}

function setBit(bytes: Uint8Array, index: number, isSet: boolean): void {
  const byte = bytes[index >> 3] as number;
  const bit = 1 << (index & 7);
  bytes[index >> 3] = isSet ? byte | bit : byte & ~bit;
}
