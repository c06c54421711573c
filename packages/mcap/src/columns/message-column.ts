import { Validity } from "@rerun-ts/core/encode";
import { makeArray } from "@rerun-ts/reading/chunks";
import type { Data, DataType } from "apache-arrow";

/** Values of one field of many messages, in the memory layout of Arrow. */
export abstract class MessageColumn {
  readonly #validity = new Validity();

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
    this.#validity.truncate(length, this.length);
    this.drop(length);
  }

  /** Removes all values. @param isShared whether arrays share their memory, which is left to them */
  release(isShared: boolean): void {
    this.#validity.clear();
    this.renew(isShared);
  }

  /** Appends a null. */
  pushNull(): void {
    const index = this.length;
    this.pushDefault();
    this.#validity.markNull(index);
  }

  /** Whether a value is null. */
  isNull(index: number): boolean {
    return !this.#validity.isValid(index);
  }

  /** The number of nulls. */
  get nullCount(): number {
    return this.#validity.nullCount;
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
    const { nullCount, length } = this;
    const nulls = nullCount === 0 ? undefined : { nullCount, bitmap: this.#validity.bitmap(0, length) };
    return makeArray(this.type, length, { offsets, values, nulls, children });
  }
}
