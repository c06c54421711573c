import { RerunError } from "@rerun-ts/core";
import { Data, Vector, type DataType, type Dictionary } from "apache-arrow";
import { cumulativeByteLengths, type Grow } from "../arrays/cumulative-byte-lengths.ts";
import { gather } from "../arrays/gather.ts";
import { NullArray } from "../arrays/null-array.ts";
import { RowRanges } from "../arrays/row-ranges.ts";
import { arrayTypeOf, childFieldsOf, layoutOf, type Layout, type TypedArrayConstructor } from "../arrays/layout.ts";
import { streamIdOf } from "./read-schema.ts";
import { readListViews, readRunEnds } from "./read-lists.ts";
import { readViews } from "./read-views.ts";
import { storedForm } from "../arrays/stored-types.ts";

/** The nodes and buffers of a record batch, which arrays take one after the other. */
export interface BatchParts {
  /** The length and the null count of each node. */
  readonly nodes: readonly (readonly [length: number, nullCount: number])[];
  /** Number of further that buffers each array of views has. */
  readonly views: readonly number[];
  /** The bytes of a buffer, decompressed. */
  buffer(index: number): Uint8Array;
  /** The values of a dictionary, or `undefined` if the stream does not have it. */
  dictionary(id: number): Vector | undefined;
  /** Counts the bytes of arrays beyond the stored ones. @throws {RerunError} `UNSUPPORTED` if there are far too many */
  readonly grow: Grow;
}

/** The position in the nodes and buffers of a record batch. */
export interface Cursor {
  node: number;
  buffer: number;
  view: number;
}

/**
 * Reads an array at a position of a record batch. All offsets and lengths are checked, so users of the array cannot
 * read beyond its buffers.
 * @throws {RerunError} `INVALID_FORMAT` if a buffer is too short, or an offset is wrong
 */
export function readArray(type: DataType, parts: BatchParts, cursor: Cursor): Data {
  const form = storedForm(type);
  const [length, nullCount] = parts.nodes[cursor.node++] ?? [0, 0];
  if (form?.kind === "run-ends") {
    const ends = readArray(form.ends.type, parts, cursor);
    if (ends.nullCount > 0)
      throw new RerunError("INVALID_FORMAT", "the ends of an Arrow array's runs must not be null");
    return readRunEnds(ends.values as Int32Array, readArray(form.values.type, parts, cursor), length, parts.grow);
  }
  const layout = layoutOf(type);
  const take = (): Uint8Array => parts.buffer(cursor.buffer++);
  const hasValidity = layout.kind !== "null" && layout.kind !== "union";
  const validity = hasValidity ? take() : undefined;
  const nulls = validity === undefined || validity.byteLength === 0 ? 0 : nullCount;
  if (validity !== undefined && nulls > 0) need(validity, Math.ceil(length / 8));
  const bitmap = nulls > 0 ? validity : undefined;
  const make = (buffers: readonly unknown[], children: Data[] = [], dictionary?: Vector): Data =>
    new Data(type, 0, length, nulls, buffers as never, children, dictionary);
  const readChildren = (): Data[] => childFieldsOf(type).map((child) => readArray(child.type, parts, cursor));
  switch (layout.kind) {
    case "null":
      return new NullArray(length);
    case "bits":
      return make([undefined, need(take(), Math.ceil(length / 8)), bitmap]);
    case "fixed":
      return make([undefined, typedValues(type, need(take(), length * layout.width)), bitmap]);
    case "dictionary": {
      const values = typedValues(type, need(take(), length * layout.width));
      const id = streamIdOf(type);
      // Writers may leave out a dictionary that no element refers to.
      const dictionary = parts.dictionary(id) ?? (nulls === length ? noValues(type as Dictionary) : undefined);
      if (dictionary === undefined)
        throw new RerunError("INVALID_FORMAT", `an Arrow column lacks its dictionary ${id}`);
      return make([undefined, values, bitmap], [], dictionary);
    }
    case "bytes": {
      if (form?.kind === "view") {
        const views = need(take(), length * 16);
        const buffers = Array.from({ length: parts.views[cursor.view++] ?? 0 }, take);
        const isNull = (row: number): boolean => bitmap !== undefined && !isSet(bitmap, row);
        return make([...readViews(views, buffers, length, isNull), bitmap]);
      }
      const offsets = readOffsets(take(), length, layout);
      const values = take();
      checkOffsets(offsets, values.byteLength);
      return make([offsets, values, bitmap]);
    }
    case "list": {
      if (form?.kind === "list-view") {
        const numbers = (): Int32Array | BigInt64Array => integers(need(take(), length * layout.width), layout.width);
        const views = { offsets: numbers(), sizes: numbers(), bitmap, nullCount: nulls };
        return readListViews(type, views, readChildren()[0] as Data, parts.grow);
      }
      const offsets = readOffsets(take(), length, layout);
      const children = readChildren();
      checkOffsets(offsets, children[0]?.length ?? 0);
      return make([offsets, undefined, bitmap], children);
    }
    case "fixed-list": {
      const children = readChildren();
      if ((children[0]?.length ?? 0) < length * layout.size) throw tooShort();
      return make([undefined, undefined, bitmap], children);
    }
    case "struct": {
      const children = readChildren();
      if (children.some((child) => child.length < length)) throw tooShort();
      return make([undefined, undefined, bitmap], children);
    }
    case "union":
    default:
      return readUnion(layout, length, take, readChildren, make, parts.grow);
  }
}

function noValues({ dictionary }: Dictionary): Vector {
  return new Vector([gather(dictionary, [], new RowRanges())]);
}

function isSet(bitmap: Uint8Array, row: number): boolean {
  return (((bitmap[row >> 3] as number) >> (row & 7)) & 1) === 1;
}

type MakeData = (buffers: readonly unknown[], children: Data[]) => Data;

function readUnion(
  { isDense }: Layout & { kind: "union" },
  length: number,
  take: () => Uint8Array,
  readChildren: () => Data[],
  make: MakeData,
  grow: Grow,
): Data {
  const typeIds = new Int8Array(need(take(), length).slice().buffer);
  const offsets = isDense ? (typed(Int32Array, need(take(), length * 4), length) as Int32Array) : undefined;
  const children = readChildren();
  const data = make([offsets, undefined, undefined, typeIds], children);
  const { typeIdToChildIndex } = data.type as unknown as { typeIdToChildIndex: Record<number, number | undefined> };
  for (let row = 0; row < length; row++) {
    const child = children[typeIdToChildIndex[typeIds[row] as number] ?? -1];
    const element = offsets === undefined ? row : (offsets[row] as number);
    if (child === undefined || element < 0 || element >= child.length) throw tooShort();
  }
  if (offsets !== undefined && hasRepetitions(typeIds, offsets)) {
    const ends = cumulativeByteLengths(data, grow);
    grow(ends[length] as number);
  }
  return data;
}

/** Whether elements of a dense union may share a value. In most unions each element has the next value of its type. */
function hasRepetitions(typeIds: Int8Array, offsets: Int32Array): boolean {
  const last = new Map<number, number>();
  for (const [row, offset] of offsets.entries()) {
    const typeId = typeIds[row] as number;
    if (offset <= (last.get(typeId) ?? -1)) return true;
    last.set(typeId, offset);
  }
  return false;
}

function readOffsets(bytes: Uint8Array, length: number, { width }: { width: 4 | 8 }): Int32Array | BigInt64Array {
  // An array without elements may lack offsets.
  const own = length === 0 && bytes.byteLength < width ? new Uint8Array(width) : need(bytes, (length + 1) * width);
  return integers(own, width);
}

function integers(bytes: Uint8Array, width: 4 | 8): Int32Array | BigInt64Array {
  return width === 4 ? (typed(Int32Array, bytes) as Int32Array) : (typed(BigInt64Array, bytes) as BigInt64Array);
}

function checkOffsets(offsets: Int32Array | BigInt64Array, limit: number): void {
  if (!(offsets instanceof BigInt64Array ? areRising(offsets, 0n, BigInt(limit)) : areRising(offsets, 0, limit)))
    throw tooShort();
}

/** Whether numbers go up from at least `first` to at most `last`. */
function areRising<Value extends number | bigint>(values: ArrayLike<Value>, first: Value, last: Value): boolean {
  let before = first;
  for (let at = 0; at < values.length; at++) {
    const value = values[at] as Value;
    if (value < before) return false;
    before = value;
  }
  return before <= last;
}

/** The values of a type in the typed array that apache-arrow expects. */
function typedValues(type: DataType, bytes: Uint8Array): unknown {
  const ArrayType = arrayTypeOf(type);
  return typed(ArrayType, bytes, bytes.byteLength / ArrayType.BYTES_PER_ELEMENT);
}

/** A view of bytes as numbers. Bytes that are not aligned are copied. */
function typed(
  constructor: TypedArrayConstructor,
  bytes: Uint8Array,
  length: number = bytes.byteLength / constructor.BYTES_PER_ELEMENT,
): ArrayBufferView {
  const own = bytes.byteOffset % constructor.BYTES_PER_ELEMENT === 0 ? bytes : new Uint8Array(bytes);
  return new constructor(own.buffer, own.byteOffset, Math.floor(length));
}

/** The first `length` bytes of a buffer, which must have as many. */
function need(bytes: Uint8Array, length: number): Uint8Array {
  if (!(length <= bytes.byteLength)) throw tooShort();
  return length === bytes.byteLength ? bytes : bytes.subarray(0, length);
}

function tooShort(): RerunError {
  return new RerunError("INVALID_FORMAT", "an Arrow buffer is too short, or an offset in it is wrong");
}
