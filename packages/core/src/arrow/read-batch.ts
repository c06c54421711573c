import type { FlatBufferTable } from "./flatbuffer-reader.ts";

/** The table `RecordBatch`. Its numbers are unchecked: the callers check them. Source: Arrow's format/Message.fbs. */
export interface BatchHeader {
  /** The number of rows. */
  readonly rows: number;
  /** The length and the null count of each array. */
  readonly nodes: readonly (readonly [length: number, nullCount: number])[];
  /** The place of each buffer in the body. */
  readonly buffers: readonly (readonly [offset: number, length: number])[];
  /** The compression of the buffers, `undefined` without compression. */
  readonly compression: FlatBufferTable | undefined;
  /** The number of further buffers of each array of views. */
  readonly views: readonly number[];
}

/** Reads the table `RecordBatch`. */
export function readBatch(batch: FlatBufferTable): BatchHeader {
  return {
    rows: batch.int64(0),
    nodes: batch.int64Pairs(1),
    buffers: batch.int64Pairs(2),
    compression: batch.table(3),
    views: batch.int64s(4),
  };
}
