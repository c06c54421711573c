import type { ArrowType } from "../arrow-type.ts";
import type { ArrayCollector } from "../array-collector.ts";

/**
 * An Arrow array that grows at its end, with one class for each Arrow layout that occurs.
 *
 * Appending values differs from builder to builder; each codec knows the class of its builder. Everything else is the
 * same: a row that fails is removed with `truncate`, a chunk reads ranges with `collect`, and `clear` keeps the memory
 * for the next chunk. Ranges are half-open, from `from` up to but not including `to`. Parents append nulls and truncate
 * in their children too, so that all lengths agree.
 */
export interface ArrayBuilder {
  readonly type: ArrowType;
  /** The number of elements. */
  readonly length: number;
  /** The approximate size of the values in bytes, without unused capacity. */
  readonly byteLength: number;
  /** Whether values are in memory of the caller, which must be encoded before the call returns. */
  readonly isBorrowed: boolean;
  /** Appends a null element. */
  appendNull(): void;
  /** Copies a range of elements from another builder of the same type. */
  appendFrom(source: ArrayBuilder, from: number, to: number): void;
  /** Removes the elements from index `length` on. */
  truncate(length: number): void;
  /** Removes all elements. */
  clear(): void;
  /**
   * Adds the node and the buffers of a range of elements, followed by its children. The buffers are valid until the
   * next change.
   */
  collect(out: ArrayCollector, from: number, to: number): void;
}
