import type { PlyElement } from "./ply-header.ts";

/** Which properties of an element are read, and where their numbers go in a row. */
export interface PlyPlan {
  /** For each property its column; what has none is passed over. */
  readonly columns: readonly (number | undefined)[];
  /** The number of columns. */
  readonly width: number;
  /** The property that is a list of characters to be read as a text, if there is one. */
  readonly text?: number | undefined;
}

/** Where what is read goes. */
export interface PlyTarget {
  /** Row by row. */
  readonly numbers: Float64Array;
  /** One for each row, if texts are read; they are appended. */
  readonly texts: string[];
}

/** Reads the elements of a file in their order. Throws `InvalidValue`, or `RangeError` where the data ends. */
export interface PlyReader {
  /** Throws if so many items cannot be there. */
  expect(element: PlyElement): void;
  /** Reads the next items of an element. */
  read(element: PlyElement, count: number, plan: PlyPlan, target: PlyTarget): void;
}
