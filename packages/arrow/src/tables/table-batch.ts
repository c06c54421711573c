import type { DataType } from "apache-arrow";

/** A cell of a table: `null` if it is empty, times as nanoseconds. */
export type Cell = null | boolean | number | bigint | string | Uint8Array | readonly Cell[];

/** A column of a table file, with the type that all its cells have. */
export interface FileColumn {
  readonly name: string;
  readonly type: DataType;
}

/** Some rows of a table file. */
export interface TableBatch {
  readonly rows: number;
  /** The cells of each column, in the order of the file's columns. */
  readonly cells: readonly (readonly Cell[])[];
}

/** A table file whose rows are read in batches. */
export interface TableFile {
  readonly columns: readonly FileColumn[];
  /** Reads all rows. */
  batches(): AsyncIterable<TableBatch>;
}

/** Nanoseconds since 1970, or `undefined` outside of the years 1677 to 2262, which 64 bits cannot hold. */
export function storableNanos(nanos: bigint): bigint | undefined {
  return BigInt.asIntN(64, nanos) === nanos ? nanos : undefined;
}
