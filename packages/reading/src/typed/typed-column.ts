import { RerunError } from "@rerun-ts/core";
import { DataType, Precision, type Data } from "apache-arrow";
import { isValid } from "../arrays/is-valid.ts";
import { typeText } from "../arrays/layout.ts";
import { instancesOf, type Instances } from "../chunks/instances.ts";
import { timeConverter, type TypedReader } from "./cell-readers.ts";

/** The numbers of a column as they are stored. */
export type StoredNumbers =
  | Int8Array
  | Int16Array
  | Int32Array
  | Uint8Array
  | Uint16Array
  | Uint32Array
  | Float32Array
  | Float64Array
  | BigInt64Array
  | BigUint64Array;

/** The array of a column. */
export interface ColumnSource {
  /** The name in messages. */
  readonly key: string;
  /** The array, or `undefined` if a live recording has no values yet. */
  readonly data: Data | undefined;
  readonly length: number;
  readonly read: TypedReader;
  /** The only instance of each cell, `undefined` for all of them, `"time"` for times. */
  readonly instance: number | "time" | undefined;
}

/**
 * A column of a recording, with the types of its values. `get` and the iteration return JavaScript values. The typed
 * arrays refer to the memory of the column where possible.
 */
export class TypedColumn<Cell> implements Iterable<Cell> {
  /** The number of rows. */
  readonly length: number;
  readonly #source: ColumnSource;
  #instances: Instances | undefined;

  /** @internal Columns come from `Query.toColumns`. */
  constructor(source: ColumnSource) {
    this.#source = source;
    this.length = source.length;
  }

  /** The cell of a row, or null if the row has none. */
  get(row: number): Cell {
    return (row >= 0 && row < this.length ? this.#source.read(row) : null) as Cell;
  }

  /** Iterates over the cells. */
  *[Symbol.iterator](): Generator<Cell, void, undefined> {
    for (let row = 0; row < this.length; row++) yield this.#source.read(row) as Cell;
  }

  /** All cells. */
  toArray(): Cell[] {
    return Array.from(this);
  }

  /**
   * The index of each row's first instance among all of the column. The last entry is the number of instances. Columns
   * of times and of one instance have one in each row.
   */
  get offsets(): Int32Array {
    const { instance, data } = this.#source;
    if (instance === undefined && data !== undefined) return this.#lists(data).offsets;
    return Int32Array.from({ length: this.length + 1 }, (_, row) => (data === undefined ? 0 : row));
  }

  /**
   * All numbers in their stored type. The numbers of vectors follow one another. No copy is made where all rows with
   * one chosen instance have exactly one, or where all instances are read. Otherwise a missing number is NaN.
   *
   * @throws {RerunError} `UNSUPPORTED` if the values are not numbers, or if a value is missing whose type has no NaN
   */
  toTypedArray(): StoredNumbers {
    const { data, instance, key } = this.#source;
    if (data === undefined) return new Float64Array(0);
    if (instance === "time") {
      if (data.nullCount > 0) throw missingNumber(key);
      return (data.values as BigInt64Array).subarray(0, this.length);
    }
    const { items, offsets } = this.#lists(data);
    const { values, size } = numbersOf(key, items);
    if (instance === undefined && items.nullCount === 0) return values;
    if (instance === 0 && items.nullCount === 0 && isOneEach(offsets)) return values;
    return gatherNumbers(key, items, values, size, instance === undefined ? undefined : { offsets, instance });
  }

  /** The numbers of {@link toTypedArray} as 64-bit floats. Times are converted as by `Number`. */
  toFloat64Array(): Float64Array {
    const { data, instance } = this.#source;
    if (instance === "time" && data !== undefined) {
      const convert = timeConverter(data.type, Number) as (time: bigint) => number;
      return Float64Array.from({ length: this.length }, (_, row) =>
        isValid(data, row) ? convert((data.values as BigInt64Array)[row] as bigint) : NaN,
      );
    }
    const numbers = this.toTypedArray();
    return numbers instanceof Float64Array ? numbers : Float64Array.from(numbers as Int32Array, Number);
  }

  /** The numbers as 32-bit floats, as of {@link toTypedArray}. */
  toFloat32Array(): Float32Array {
    const numbers = this.toTypedArray();
    return numbers instanceof Float32Array ? numbers : Float32Array.from(numbers as Int32Array, Number);
  }

  /** The integers as 64-bit integers, as of {@link toTypedArray}. Times are nanoseconds, or numbers of a sequence. */
  toBigInt64Array(): BigInt64Array {
    const numbers = this.toTypedArray();
    if (numbers instanceof BigInt64Array) return numbers;
    if (numbers instanceof BigUint64Array || !isFloats(numbers))
      return BigInt64Array.from(numbers as Int32Array as unknown as ArrayLike<bigint>, BigInt);
    throw new RerunError("UNSUPPORTED", `the column ${this.#source.key} has no integers: use \`toFloat64Array\``);
  }

  #lists(data: Data): Instances {
    return (this.#instances ??= instancesOf(data));
  }
}

function isOneEach(offsets: Int32Array): boolean {
  for (let row = 0; row < offsets.length; row++) if (offsets[row] !== row) return false;
  return true;
}

function isFloats(numbers: StoredNumbers): boolean {
  return numbers instanceof Float32Array || numbers instanceof Float64Array;
}

/** The numbers of instances, and how many each instance has. */
function numbersOf(key: string, items: Data): { readonly values: StoredNumbers; readonly size: number } {
  const { type } = items;
  const size = DataType.isFixedSizeList(type) ? type.listSize : 1;
  const numbers = DataType.isFixedSizeList(type) ? (items.children[0] as Data) : items;
  const kind = numbers.type;
  const isNumber =
    DataType.isInt(kind) ||
    (DataType.isFloat(kind) && kind.precision !== Precision.HALF) ||
    DataType.isTimestamp(kind) ||
    DataType.isDuration(kind);
  if (!isNumber)
    throw new RerunError("UNSUPPORTED", `the column ${key} has ${typeText(type)} and no numbers: use \`toArray\``);
  return { values: (numbers.values as StoredNumbers).subarray(0, items.length * size), size };
}

/** Copies numbers, with NaN in place of missing ones. */
function gatherNumbers(
  key: string,
  items: Data,
  values: StoredNumbers,
  size: number,
  choice: { readonly offsets: Int32Array; readonly instance: number } | undefined,
): StoredNumbers {
  const rows = choice === undefined ? items.length : choice.offsets.length - 1;
  const copy = new (values.constructor as Float64ArrayConstructor)(rows * size);
  for (let row = 0; row < rows; row++) {
    const at = choice === undefined ? row : (choice.offsets[row] as number) + choice.instance;
    const end = choice === undefined ? items.length : (choice.offsets[row + 1] as number);
    if (at < end && isValid(items, at)) {
      for (let part = 0; part < size; part++) copy[row * size + part] = values[at * size + part] as number;
    } else if (isFloats(copy)) copy.fill(NaN, row * size, (row + 1) * size);
    else throw missingNumber(key);
  }
  return copy;
}

function missingNumber(key: string): RerunError {
  return new RerunError("UNSUPPORTED", `the column ${key} has rows without a number: use \`toArray\``);
}
