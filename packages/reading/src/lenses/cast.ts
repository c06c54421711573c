import { argumentError } from "@rerun-ts/core/checks";
import { Data, DataType } from "apache-arrow";
import { arrayTypeOf, childFieldsOf, layoutOf, typeText } from "../arrays/layout.ts";
import { isValid } from "../arrays/is-valid.ts";
import { gather, nulls } from "../arrays/gather.ts";
import { makeArray, nullsOf } from "../arrays/make-array.ts";
import { NULL_SOURCE, RowRanges } from "../arrays/row-ranges.ts";

/** Values cannot have another type. */
class CastError extends TypeError {}

/**
 * An array as another Arrow type: numbers of other widths, lists of equal length, and types that differ in names only.
 * Numbers become integers without their fraction.
 *
 * @throws {CastError} if values of the type cannot have the other type, or one is out of range
 */
export function castData(data: Data, type: DataType): Data {
  const from = data.type;
  // Such as the values of a field that is missing.
  if (data.nullCount === data.length && !sameLayout(from, type)) return nulls(type, data.length);
  if (isNumeric(from) && isNumeric(type)) return sameLayout(from, type) ? relabel(data, type) : castNumbers(data, type);
  if (DataType.isFixedSizeList(type)) return castFixedList(data, type.listSize, type);
  if (DataType.isList(type) && DataType.isList(from))
    return nested(data, type, [castData(childOf(data), itemType(type))]);
  if (DataType.isBinary(type) && DataType.isList(from) && isByte(itemType(from))) {
    const bytes = childOf(data).values as Uint8Array;
    return makeArray(type, data.length, { offsets: data.valueOffsets, values: bytes, nulls: nullsOf(data) });
  }
  if (DataType.isStruct(type) && DataType.isStruct(from)) return castStruct(data, type);
  if (!sameLayout(from, type) || childFieldsOf(type).length > 0) throw cannot(from, type);
  return relabel(data, type);
}

function isNumeric(type: DataType): boolean {
  return DataType.isInt(type) || DataType.isFloat(type) || DataType.isTimestamp(type) || DataType.isDuration(type);
}

function sameLayout(from: DataType, type: DataType): boolean {
  if (DataType.isInt(from) !== DataType.isInt(type) && DataType.isFloat(from) !== DataType.isFloat(type)) return false;
  if (DataType.isInt(from) && DataType.isInt(type))
    return from.bitWidth === type.bitWidth && from.isSigned === type.isSigned;
  return typeText(from) === typeText(type) || (isTime(from) && isTime(type));
}

/** Whether values are signed integers of 64 bits: numbers, or times in nanoseconds. */
function isTime(type: DataType): boolean {
  return (
    (DataType.isInt(type) && type.bitWidth === 64 && type.isSigned) ||
    DataType.isTimestamp(type) ||
    DataType.isDuration(type)
  );
}

function relabel(data: Data, type: DataType): Data {
  return new Data(type, 0, data.length, data.nullCount, data, data.children, data.dictionary);
}

function castNumbers(data: Data, type: DataType): Data {
  const ArrayType = arrayTypeOf(type) as unknown as new (length: number) => Float64Array | BigInt64Array;
  const target = new ArrayType(data.length);
  const source = data.values as ArrayLike<number | bigint>;
  const isWhole = DataType.isInt(type) || isTime(type);
  const isBig = target instanceof BigInt64Array || (target as unknown) instanceof BigUint64Array;
  for (let row = 0; row < data.length; row++) {
    const value = source[row] as number | bigint;
    if (isBig) (target as BigInt64Array)[row] = typeof value === "bigint" ? value : wholeOf(value, data, row, type);
    else target[row] = isWhole ? Math.trunc(Number(value)) : Number(value);
    if (isWhole && !isBig && isValid(data, row) && Number(target[row]) !== Math.trunc(Number(value)))
      throw outOfRange(value, type);
  }
  return makeArray(type, data.length, { values: target, nulls: nullsOf(data) });
}

function wholeOf(value: number, data: Data, row: number, type: DataType): bigint {
  if (Number.isFinite(value)) return BigInt(Math.trunc(value));
  if (isValid(data, row)) throw outOfRange(value, type);
  return 0n;
}

function castFixedList(data: Data, size: number, type: DataType): Data {
  const { type: from } = data;
  const child = childOf(data);
  if (DataType.isFixedSizeList(from)) {
    if (from.listSize !== size) throw cannot(from, type);
    return nested(data, type, [castData(child, itemType(type))]);
  }
  if (!DataType.isList(from)) throw cannot(from, type);
  const offsets = data.valueOffsets as Int32Array;
  const ranges = new RowRanges();
  for (let row = 0; row < data.length; row++) {
    const start = offsets[row] as number;
    const count = (offsets[row + 1] as number) - start;
    if (!isValid(data, row)) ranges.push(NULL_SOURCE, 0, size);
    else if (count === size) ranges.push(0, start, size);
    else throw new CastError(`a list must have ${size} elements to be ${typeText(type)}, but one has ${count}`);
  }
  return nested(data, type, [castData(gather(child.type, [child], ranges), itemType(type))]);
}

function castStruct(data: Data, type: DataType): Data {
  const from = childFieldsOf(data.type);
  const children = childFieldsOf(type).map((field) => {
    const index = from.findIndex(({ name }) => name === field.name);
    if (index < 0) throw cannot(data.type, type);
    return castData(data.children[index] as Data, field.type as DataType);
  });
  return nested(data, type, children);
}

function nested(data: Data, type: DataType, children: readonly Data[]): Data {
  const offsets = layoutOf(type).kind === "list" ? data.valueOffsets : undefined;
  return makeArray(type, data.length, { offsets, nulls: nullsOf(data), children });
}

function childOf(data: Data): Data {
  return data.children[0] as Data;
}

function itemType(type: DataType): DataType {
  return childFieldsOf(type)[0]?.type as DataType;
}

function isByte(type: DataType): boolean {
  return DataType.isInt(type) && type.bitWidth === 8 && !type.isSigned;
}

function cannot(from: DataType, type: DataType): CastError {
  return new CastError(`values of the type ${typeText(from)} cannot become ${typeText(type)}`);
}

function outOfRange(value: number | bigint, type: DataType): CastError {
  return new CastError(`the value ${value} is out of the range of ${typeText(type)}`);
}

/** Names the lens and what it makes in errors about values that cannot have the type of it. */
export function namedInErrors<Made>({ from }: { readonly from: string }, name: string, make: () => Made): Made {
  try {
    return make();
  } catch (error) {
    if (!(error instanceof CastError)) throw error;
    throw argumentError("value", `the lens from \`${from}\` cannot make ${name}: ${error.message}`, { cause: error });
  }
}
