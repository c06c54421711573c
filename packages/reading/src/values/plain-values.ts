import { DataType, DateUnit, Precision, Vector, type Data } from "apache-arrow";
import { isValid } from "../arrays/is-valid.ts";
import { plainJson } from "./json-text.ts";
import type { PlainValue } from "./plain-value.ts";
import { dictionaryCosts, elementCost, ValueBudget } from "./value-budget.ts";

/** Reads a row of an array. */
export type PlainReader = (row: number) => PlainValue;

/**
 * The cells of a column: lists are arrays of their instances, also of bytes.
 * @throws {RerunError} the reader throws `UNSUPPORTED` at a cell that is far larger than its stored bytes
 */
export function cellReader(data: Data): PlainReader {
  const type = data.type;
  const budget = new ValueBudget();
  const isList = DataType.isList(type) || DataType.isLargeList(type);
  const read = isList ? nullable(data, listReader(data, false, budget)) : reader(data, budget);
  return (row) => {
    budget.reset();
    return read(row);
  };
}

/**
 * The elements of an array, such as the instances of a component.
 * @throws {RerunError} the reader throws `UNSUPPORTED` at an element that is far larger than its stored bytes
 */
export function elementReader(data: Data): PlainReader {
  const budget = new ValueBudget();
  const read = reader(data, budget);
  return (row) => {
    budget.reset();
    return read(row);
  };
}

/** The elements of an array. Lists of bytes are bytes, times are bigints in their unit, decimals are text. */
function reader(data: Data, budget: ValueBudget): PlainReader {
  return nullable(data, valueReader(data, budget));
}

function nullable(data: Data, read: PlainReader): PlainReader {
  return (row) => (isValid(data, row) ? read(row) : null);
}

function valueReader(data: Data, budget: ValueBudget): PlainReader {
  const type = data.type;
  if (DataType.isList(type) || DataType.isLargeList(type)) return listReader(data, true, budget);
  if (DataType.isFixedSizeList(type)) {
    const { listSize } = type;
    return rangeReader(data.children[0] as Data, true, (row) => [row * listSize, (row + 1) * listSize], budget);
  }
  if (DataType.isStruct(type)) {
    const fields = type.children.map(({ name }, index) => ({
      name,
      read: reader(data.children[index] as Data, budget),
    }));
    // Plain assignment to `__proto__` would set the prototype.
    if (fields.some(({ name }) => name === "__proto__"))
      return (row) => Object.fromEntries(fields.map(({ name, read }) => [name, read(row)]));
    return (row) => {
      const values: Record<string, PlainValue> = {};
      for (const { name, read } of fields) values[name] = read(row);
      return values;
    };
  }
  if (DataType.isDictionary(type)) {
    const dictionary = data.dictionary as Vector;
    const read = vectorReader(dictionary, budget);
    const costs = dictionaryCosts(data, dictionary);
    const indices = data.values as ArrayLike<number | bigint>;
    return (row) => {
      const index = Number(indices[row]);
      if (costs !== undefined) budget.spend(costs[index] ?? 0);
      return read(index);
    };
  }
  if (DataType.isUnion(type)) return unionReader(data, budget);
  if (DataType.isMap(type)) return mapReader(data, budget);
  if (DataType.isDecimal(type)) {
    const words = type.bitWidth / 32;
    const { scale } = type;
    return (row) => decimalText(unscaled(data.values as Uint32Array, row * words, words), scale);
  }
  // Reads the memory directly, because the vector would convert timestamps to milliseconds, and reject some dates.
  if (DataType.isTimestamp(type)) return (row) => (data.values as BigInt64Array)[row] as bigint;
  if (DataType.isDate(type) && type.unit === DateUnit.MILLISECOND)
    return (row) => Number((data.values as BigInt64Array)[row]);
  if (DataType.isInt(type) || (DataType.isFloat(type) && type.precision !== Precision.HALF)) {
    const numbers = data.values as ArrayLike<number | bigint>;
    return (row) => numbers[row] as number | bigint;
  }
  const vector = new Vector([data]);
  return (row) => plain(vector.get(row));
}

/** A row of a union has the value of its chosen member. */
function unionReader(data: Data, budget: ValueBudget): PlainReader {
  const members = data.children.map((child) => reader(child, budget));
  const { typeIdToChildIndex } = data.type as unknown as {
    readonly typeIdToChildIndex: Readonly<Record<number, number>>;
  };
  const typeIds = data.typeIds as Int8Array;
  // Sparse unions have no offsets, because each member has all rows.
  const offsets = DataType.isDenseUnion(data.type) ? (data.valueOffsets as Int32Array) : undefined;
  return (row) => {
    const member = members[typeIdToChildIndex[typeIds[row] as number] ?? -1];
    return member?.(offsets === undefined ? row : (offsets[row] as number)) ?? null;
  };
}

/** A map is an object, whose names are the keys as text. */
function mapReader(data: Data, budget: ValueBudget): PlainReader {
  const offsets = data.valueOffsets as Int32Array;
  const entries = data.children[0] as Data;
  const [keys, values] = entries.children.map((child) => reader(child, budget)) as [PlainReader, PlainReader];
  const cost = elementCost(entries.type);
  return (row) => {
    const [start, end] = [offsets[row] as number, offsets[row + 1] as number];
    budget.spend((end - start) * cost);
    const pairs: [key: string, value: PlainValue][] = [];
    for (let at = start; at < end; at++) pairs.push([keyText(keys(at)), values(at)]);
    return Object.fromEntries(pairs);
  };
}

function keyText(key: PlainValue): string {
  return typeof key === "object" ? plainJson(key) : String(key);
}

function listReader(data: Data, hasBytes: boolean, budget: ValueBudget): PlainReader {
  const offsets = data.valueOffsets as Int32Array | BigInt64Array;
  const rangeOf = (row: number): Range => [Number(offsets[row]), Number(offsets[row + 1])];
  return rangeReader(data.children[0] as Data, hasBytes, rangeOf, budget);
}

type Range = readonly [start: number, end: number];

function rangeReader(
  items: Data,
  hasBytes: boolean,
  rangeOf: (row: number) => Range,
  budget: ValueBudget,
): PlainReader {
  const read = reader(items, budget);
  const cost = elementCost(items.type);
  const readAll = (start: number, end: number): PlainValue => {
    budget.spend((end - start) * cost);
    return Array.from({ length: end - start }, (_, index) => read(start + index));
  };
  if (!hasBytes || !isByte(items.type)) return (row) => readAll(...rangeOf(row));
  const bytes = items.values as Uint8Array;
  return (row) => {
    const [start, end] = rangeOf(row);
    return hasNull(items, start, end) ? readAll(start, end) : bytes.slice(start, end);
  };
}

function hasNull(data: Data, start: number, end: number): boolean {
  if (data.nullCount === 0) return false;
  for (let row = start; row < end; row++) if (!isValid(data, row)) return true;
  return false;
}

/** The values of a dictionary, which may be in several arrays. */
function vectorReader({ data }: Vector, budget: ValueBudget): PlainReader {
  const readers = data.map((part) => reader(part, budget));
  const [only] = readers;
  if (only !== undefined && readers.length === 1) return only;
  const all = data.flatMap(({ length }, part) => Array.from({ length }, (_, row) => readers[part]?.(row) ?? null));
  return (row) => all[row] ?? null;
}

/** Whether lists of this type are bytes. */
export function isByte(type: DataType): boolean {
  return DataType.isInt(type) && type.bitWidth === 8 && !type.isSigned;
}

/** A decimal without its point, from words with the lowest one first. */
function unscaled(words: Uint32Array, start: number, count: number): bigint {
  let value = 0n;
  for (let at = start + count - 1; at >= start; at--) value = (value << 32n) | BigInt(words[at] as number);
  return BigInt.asIntN(count * 32, value);
}

/** A decimal, as `scale` digits after its point have it. */
export function decimalText(value: bigint, scale: number): string {
  if (scale <= 0) return String(value * 10n ** BigInt(-scale));
  const digits = String(value < 0n ? -value : value).padStart(scale + 1, "0");
  return `${value < 0n ? "-" : ""}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}

function plain(value: unknown): PlainValue {
  if (value === undefined || value === null) return null;
  if (typeof value !== "object" || value instanceof Uint8Array) return value as PlainValue;
  // Intervals are typed arrays.
  return Array.from(value as Int32Array);
}
