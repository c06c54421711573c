import type { ArrowField, ArrowType } from "@rerun-ts/core";
import { InvalidValueError, toArrayLike, wrongType } from "@rerun-ts/core/checks";
import { MAX_NESTING } from "@rerun-ts/core/encode";
import { binary, bool, fixedSizeBinary, largeBinary, largeUtf8, nothing, utf8 } from "./leaf-codecs.ts";
import { fixedSizeList, list, struct, union } from "./nested-codecs.ts";
import {
  float16,
  float32,
  float64,
  int16,
  int32,
  int64,
  int8,
  uint16,
  uint32,
  uint64,
  uint8,
} from "./number-codecs.ts";
import { date32, duration, timestamp } from "./time-codecs.ts";
import type { ValueCodec } from "./value-codec.ts";

/** The name of an Arrow type that has no parameters. */
export type ArrowTypeName = Exclude<
  ArrowType,
  | { readonly size: number }
  | { readonly item: ArrowField }
  | { readonly fields: readonly ArrowField[] }
  | { readonly write: unknown }
>["type"];

/** An Arrow type, or the name of one without parameters: `"Int32"`, `"Utf8"`. */
export type ArrowTypeLike = ArrowType | ArrowTypeName;

const NAMED: Readonly<Record<ArrowTypeName, ValueCodec>> = {
  Null: nothing,
  Bool: bool,
  Int8: int8,
  Int16: int16,
  Int32: int32,
  Int64: int64,
  UInt8: uint8,
  UInt16: uint16,
  UInt32: uint32,
  UInt64: uint64,
  Float16: float16,
  Float32: float32,
  Float64: float64,
  Utf8: utf8,
  LargeUtf8: largeUtf8,
  Binary: binary,
  LargeBinary: largeBinary,
  Timestamp: timestamp,
  Duration: duration,
  Date32: date32,
};
const PARAMETRIC = ["FixedSizeBinary", "List", "FixedSizeList", "Struct", "Union"];

/** The codec of the Arrow type of instances, which is checked first. Throws `InvalidValueError`. */
export function codecOf(like: ArrowTypeLike): ValueCodec {
  return codecAt(like, 1);
}

/** The codec of a type that is this many levels below its column. */
function codecAt(like: ArrowTypeLike, level: number): ValueCodec {
  if (level > MAX_NESTING)
    throw new InvalidValueError(
      `of an Arrow type with at most ${MAX_NESTING - 1} levels of lists and structs`,
      "more",
      true,
    );
  const type = typeof like === "string" ? { type: like } : like;
  if (typeof type === "object" && type !== null) {
    const named = isNamed(type.type) ? NAMED[type.type] : undefined;
    const codec = named ?? parametricCodec(type, level + 1);
    if (codec !== undefined) return codec;
  }
  const names = Object.keys(NAMED).join(", ");
  throw wrongType(`of an Arrow type: the name ${names}, or an object { type: ${PARAMETRIC.join(" | ")}, … }`, like);
}

function isNamed(name: unknown): name is ArrowTypeName {
  return typeof name === "string" && Object.hasOwn(NAMED, name);
}

/** @param level of the fields of the type */
function parametricCodec(type: ArrowType, level: number): ValueCodec | undefined {
  switch (type.type) {
    case "FixedSizeBinary":
      return fixedSizeBinary(checkSize(type.size));
    case "List":
      return list(type, codecOfField(type.item, level));
    case "FixedSizeList":
      checkSize(type.size);
      return fixedSizeList(type, codecOfField(type.item, level));
    case "Struct":
      return struct(type, codecsOf(type.fields, level));
    case "Union":
      if (checkList(type.typeIds).length !== checkList(type.fields).length)
        throw new InvalidValueError("of a union with a type id for each field", "another number of ids", false);
      return union(type, codecsOf(type.fields, level));
    default:
      return undefined;
  }
}

function codecsOf(fields: unknown, level: number): ValueCodec[] {
  return Array.from(checkList(fields), (field) => codecOfField(field, level));
}

function codecOfField(field: unknown, level: number): ValueCodec {
  const { name, nullable, type } = (field ?? {}) as Partial<ArrowField>;
  if (typeof name === "string" && typeof nullable === "boolean" && type !== undefined) return codecAt(type, level);
  throw wrongType("of an Arrow type whose fields are { name, nullable, type }", field);
}

function checkSize(size: unknown): number {
  if (typeof size === "number" && Number.isInteger(size) && size > 0) return size;
  throw wrongType("of an Arrow type whose `size` is a positive integer", size);
}

function checkList(value: unknown): ArrayLike<unknown> {
  return toArrayLike(value, "of an Arrow type whose fields and type ids are lists");
}
