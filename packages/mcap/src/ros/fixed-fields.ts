import type { BoolColumn } from "../columns/leaf-columns.ts";
import type { ListColumn, StructColumn } from "../columns/nested-columns.ts";
import type { NumberColumn } from "../columns/number-column.ts";
import type { CopyValues } from "./copy-values.ts";
import { copyBools, copyBytes, copyDoubles, copyLongs, copyShorts, copyWords } from "./copy-values.ts";

/** A field whose values have the same size in each message. */
export interface FixedField {
  /** The alignment that CDR asks for, in bytes. */
  readonly alignment: number;
  /** Number of bytes in each message. */
  readonly byteLength: number;
  /** The numbers of the field. Default: it has none. */
  readonly numbers?: FixedNumbers;
  /** Ends the values of a number of messages, after their numbers were appended. Default: there is nothing to do. */
  end?(messages: number): void;
}

/** The numbers that a field has in each message. */
export interface FixedNumbers {
  readonly column: NumberColumn;
  /** Number of them in a message. */
  readonly count: number;
  readonly copy: CopyValues;
}

/** A number in each message. */
export function numberField(column: NumberColumn): FixedField {
  const { width } = column;
  return { alignment: width, byteLength: width, numbers: { column, count: 1, copy: copierOf(column) } };
}

/** An array of numbers, of a fixed length. */
export function numbersField(list: ListColumn<NumberColumn>, length: number): FixedField {
  const { items } = list;
  return {
    // Nothing is not aligned.
    alignment: length === 0 ? 1 : items.width,
    byteLength: items.width * length,
    numbers: { column: items, count: length, copy: copierOf(items) },
    end: (messages) => list.endMany(messages, length),
  };
}

/** A truth value in each message. */
export function boolField({ bytes }: BoolColumn): FixedField {
  return { alignment: 1, byteLength: 1, numbers: { column: bytes, count: 1, copy: copyBools } };
}

/** The end of a message inside of another one. It has no bytes. */
export function structEnd(column: StructColumn): FixedField {
  return { alignment: 1, byteLength: 0, end: (messages) => column.endMany(messages) };
}

function copierOf({ width, kind }: NumberColumn): CopyValues {
  if (kind === "float64") return copyDoubles;
  return width === 8 ? copyLongs : width === 4 ? copyWords : width === 2 ? copyShorts : copyBytes;
}
