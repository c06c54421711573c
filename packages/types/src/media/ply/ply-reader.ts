import type { PlyElement } from "./ply-header.ts";

/** The properties of an element that are read, and their columns in a row. */
export interface PlyPlan {
  /** The column of each property. `undefined` for skipped properties. */
  readonly columns: readonly (number | undefined)[];
  /** The number of columns. */
  readonly width: number;
  /** The index of the property that is a list of characters to be read as a string, if any. */
  readonly text?: number | undefined;
}

/** The destination of the values that are read. */
export interface PlyTarget {
  /** Row by row. */
  readonly numbers: Float64Array;
  /** The strings, if the plan has any: one is appended for each row. */
  readonly texts: string[];
}

/**
 * Reads the elements of a file in their order. Throws `InvalidValueError`, or `RangeError` if the data is truncated.
 */
export interface PlyReader {
  /** Throws if the rest of the file is too short for the items of an element. */
  expect(element: PlyElement): void;
  /** Reads the next items of an element. */
  read(element: PlyElement, count: number, plan: PlyPlan, target: PlyTarget): void;
}
