import type { ArrowType } from "../arrow-type.ts";
import type { ArrayCollector } from "../array-collector.ts";

/** An Arrow array that grows at the end. */
export interface ArrayBuilder {
  readonly type: ArrowType;
  /** The number of elements. */
  readonly length: number;
  /** How much memory its values take. */
  readonly byteLength: number;
  /** Whether it holds a caller's memory, which must be encoded before the call returns. */
  readonly isBorrowed: boolean;
  appendNull(): void;
  /** Copies the elements `from` to `to` of another builder of the same type. */
  appendFrom(source: ArrayBuilder, from: number, to: number): void;
  /** Takes the elements from `length` on away. */
  truncate(length: number): void;
  clear(): void;
  /** Hands its node and buffers, and then those of its children, for the elements `from` to `to`. */
  collect(out: ArrayCollector, from: number, to: number): void;
}
