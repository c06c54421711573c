import type { DataType } from "apache-arrow";

/** A cell of a table: `null` if it is empty, times as nanoseconds. */
export type TableCell = null | boolean | number | bigint | string | Uint8Array | readonly TableCell[] | StructCell;

/** A cell with fields. */
export interface StructCell {
  readonly [field: string]: TableCell;
}

/** A column of a table file, with the type that all its cells have. */
export interface FileColumn {
  readonly name: string;
  readonly type: DataType;
  /** Whether it has empty cells only. Default `false`. */
  readonly isEmpty?: boolean | undefined;
}

/** Some rows of a table file. */
export interface TableBatch {
  readonly rows: number;
  /** The cells of each column, in the order of the file's columns. */
  readonly cells: readonly (readonly TableCell[])[];
  /** The cells as the file has them. `undefined` if it stores values, not texts. */
  readonly texts?: readonly (readonly string[])[] | undefined;
}

/** A table file whose rows are read in batches. */
export interface TableFile {
  readonly columns: readonly FileColumn[];
  /** Pairs of texts that describe the file. Default: none. */
  readonly metadata?: readonly (readonly [key: string, value: string])[] | undefined;
  /** Reads all rows. */
  batches(): AsyncIterable<TableBatch>;
}

/** The cells of a column whose type is known otherwise: texts in a file of texts. */
export function textCells({ cells, texts }: TableBatch, position: number): readonly TableCell[] {
  return texts === undefined
    ? (cells[position] ?? [])
    : (texts[position] ?? []).map((text) => (text === "" ? null : text));
}

/** Nanoseconds since 1970, or `undefined` outside of the years 1677 to 2262, which 64 bits cannot hold. */
export function storableNanos(nanos: bigint): bigint | undefined {
  return BigInt.asIntN(64, nanos) === nanos ? nanos : undefined;
}
