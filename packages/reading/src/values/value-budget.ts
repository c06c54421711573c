import { RerunError } from "@rerun-ts/core";
import { DataType, type Data, type Vector } from "apache-arrow";
import { cumulativeByteLengths } from "../arrays/cumulative-byte-lengths.ts";
import { childFieldsOf } from "../arrays/layout.ts";

/** Number of bytes that the values of one cell may have beyond the stored ones. */
const MAX_BYTES = 2 ** 28;
/** About how many bytes an element takes in a row. */
const ELEMENT_BYTES = 64;

/** Limits the expansion of one cell: arrays of nulls take no bytes, and dictionaries repeat values. */
export class ValueBudget {
  #left = MAX_BYTES;

  /** Begins a cell. */
  reset(): void {
    this.#left = MAX_BYTES;
  }

  /** @throws {RerunError} `UNSUPPORTED` if the cell gets too large */
  spend(bytes: number): void {
    this.#left -= bytes;
    if (!(this.#left >= 0))
      throw new RerunError("UNSUPPORTED", `a cell has more than ${MAX_BYTES} bytes of repeated values or nulls`);
  }
}

/** Cost of each element of a list, beyond its stored bytes. */
export function elementCost(type: DataType): number {
  return isWeightless(type) ? ELEMENT_BYTES : 0;
}

function isWeightless(type: DataType): boolean {
  if (DataType.isNull(type)) return true;
  if (DataType.isFixedSizeList(type)) return type.listSize === 0 || isWeightless(type.valueType as DataType);
  return DataType.isStruct(type) && childFieldsOf(type).every((child) => isWeightless(child.type as DataType));
}

/**
 * Cost of each value of a dictionary, by its position. `undefined` if all of the column's values together are within
 * the limit.
 */
export function dictionaryCosts({ length }: Data, { data, byteLength }: Vector): readonly number[] | undefined {
  if (length * byteLength <= MAX_BYTES) return undefined;
  const budget = new ValueBudget();
  return data.flatMap((part) => {
    const ends = cumulativeByteLengths(part, (bytes) => budget.spend(bytes));
    return Array.from({ length: part.length }, (_, row) => (ends[row + 1] as number) - (ends[row] as number));
  });
}
