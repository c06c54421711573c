import { InvalidValueError, forEachIndex, typedArrayName, wrongType, withinKey } from "@rerun-ts/core/checks";
import { MAX_NESTING } from "@rerun-ts/core/encode";
import { binary, bool, nothing, utf8 } from "../codecs/values/leaf-codecs.ts";
import { list, struct } from "../codecs/values/nested-codecs.ts";
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
} from "../codecs/values/number-codecs.ts";
import { timestamp } from "../codecs/values/time-codecs.ts";
import { isTypedArray, type ValueCodec } from "../codecs/values/value-codec.ts";

/** A type that JavaScript values imply. */
export interface ImpliedType {
  readonly codec: ValueCodec;
  /** The description of the type in error messages, e.g. `a number`. */
  readonly words: string;
  /** The type of the items of a list. */
  readonly item?: ImpliedType;
  /** The types of the fields of an object. */
  readonly fields?: ReadonlyMap<string, ImpliedType>;
}

/** The type that null and empty lists imply. It fits every other type. */
export const UNTYPED: ImpliedType = { words: "null", codec: nothing };

const NUMBER: ImpliedType = { words: "a number", codec: float64 };
const BIGINT: ImpliedType = { words: "a bigint", codec: int64 };
const BOOLEAN: ImpliedType = { words: "a boolean", codec: bool };
const TEXT: ImpliedType = { words: "a string", codec: utf8 };
const BYTES: ImpliedType = { words: "an ArrayBuffer", codec: binary };
const INSTANT: ImpliedType = { words: "an instant", codec: timestamp };
const UINT8: ImpliedType = { words: "a value of a Uint8Array", codec: uint8 };

/** The type of the elements of each typed array class. */
const ELEMENTS: Readonly<Record<string, ImpliedType>> = {
  Uint8Array: UINT8,
  Uint8ClampedArray: UINT8,
  Uint16Array: { words: "a value of a Uint16Array", codec: uint16 },
  Uint32Array: { words: "a value of a Uint32Array", codec: uint32 },
  BigUint64Array: { words: "a value of a BigUint64Array", codec: uint64 },
  Int8Array: { words: "a value of an Int8Array", codec: int8 },
  Int16Array: { words: "a value of an Int16Array", codec: int16 },
  Int32Array: { words: "a value of an Int32Array", codec: int32 },
  BigInt64Array: BIGINT,
  Float16Array: { words: "a value of a Float16Array", codec: float16 },
  Float32Array: { words: "a value of a Float32Array", codec: float32 },
  Float64Array: NUMBER,
};

/** An object with more fields is most likely a map, and each new key would change the type. */
const MAX_FIELDS = 1024;
const EXPECTED =
  "a number, bigint, boolean, string, Date, ArrayBuffer, typed array or plain object, or an array of one of these";

/** The level of instances: they are the items of a column. */
const INSTANCES = 1;

/** A value has too many levels, or contains itself. */
class NestingError extends Error {}

/**
 * The type of the instances of a value: each element of an array or typed array is an instance, anything else is one
 * alone. Returns `known` itself if the value fits it, else a type that fits the value and everything that `known` fits.
 * Throws `InvalidValueError` if there is no such type.
 */
export function impliedBy(known: ImpliedType, value: unknown): ImpliedType {
  try {
    if (Array.isArray(value)) return extendByAll(known, value, INSTANCES);
    if (isTypedArray(value)) return extendByElements(known, value);
    return extend(known, value, INSTANCES);
  } catch (error) {
    if (!(error instanceof NestingError)) throw error;
    throw new InvalidValueError(
      `nested at most ${MAX_NESTING - INSTANCES} levels deep`,
      "more, or a value inside itself",
      true,
    );
  }
}

/** Like {@link impliedBy}, for a single value. */
function extend(known: ImpliedType, value: unknown, level: number): ImpliedType {
  switch (typeof value) {
    case "number":
      return same(known, NUMBER, value);
    case "bigint":
      return same(known, BIGINT, value);
    case "boolean":
      return same(known, BOOLEAN, value);
    case "string":
      return same(known, TEXT, value);
    case "undefined":
      return known;
    case "object":
      return value === null ? known : extendByObject(known, value, level);
    default:
      throw wrongType(EXPECTED, value);
  }
}

function extendByObject(known: ImpliedType, value: object, level: number): ImpliedType {
  if (Array.isArray(value) || isTypedArray(value)) {
    const before = known === UNTYPED ? UNTYPED : known.item;
    if (before === undefined) throw mismatch(known, value);
    const inner = below(level);
    const item = Array.isArray(value) ? extendByAll(before, value, inner) : extendByElements(before, value);
    return item === known.item ? known : listOf(item);
  }
  if ("epochNanoseconds" in value || ("getTime" in value && typeof value.getTime === "function"))
    return same(known, INSTANT, value);
  if (Object.prototype.toString.call(value).endsWith("ArrayBuffer]")) return same(known, BYTES, value);
  return extendByFields(known, value, below(level));
}

/** The level below another one. Throws `NestingError` if there is none. */
function below(level: number): number {
  if (level === MAX_NESTING) throw new NestingError();
  return level + 1;
}

function extendByAll(known: ImpliedType, values: readonly unknown[], level: number): ImpliedType {
  let type = known;
  forEachIndex(values.length, (index) => (type = extend(type, values[index], level)));
  return type;
}

function extendByElements(known: ImpliedType, values: ArrayLike<unknown>): ImpliedType {
  const type = ELEMENTS[typedArrayName(values) as string];
  if (type === undefined) throw wrongType(EXPECTED, values);
  if (values.length === 0 && known !== UNTYPED) return known;
  return same(known, type, values);
}

function extendByFields(known: ImpliedType, value: object, level: number): ImpliedType {
  const before = known === UNTYPED ? new Map<string, ImpliedType>() : known.fields;
  if (before === undefined) throw mismatch(known, value);
  const keys = Object.keys(value);
  if (Symbol.iterator in value || (keys.length === 0 && !isPlain(value))) throw wrongType(EXPECTED, value);
  let fields: Map<string, ImpliedType> | undefined;
  for (const key of keys) {
    const field: unknown = (value as Readonly<Record<string, unknown>>)[key];
    if (field === undefined) continue;
    const type = before.get(key);
    const extended = extendField(key, type ?? UNTYPED, field, level);
    if (extended !== type) (fields ??= new Map(before)).set(key, extended);
  }
  if (fields === undefined) return known === UNTYPED ? structOf(before) : known;
  if (fields.size > MAX_FIELDS) throw new InvalidValueError(`an object with at most ${MAX_FIELDS} keys`, "more", true);
  return structOf(fields);
}

/** Whether an object is plain, that is, not an instance of a class. */
function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

function extendField(key: string, type: ImpliedType, value: unknown, level: number): ImpliedType {
  try {
    return extend(type, value, level);
  } catch (error) {
    throw error instanceof InvalidValueError ? withinKey(error, key) : error;
  }
}

function same(known: ImpliedType, type: ImpliedType, value: unknown): ImpliedType {
  if (known === type || known === UNTYPED) return type;
  throw mismatch(known, value);
}

function mismatch({ words }: ImpliedType, value: unknown): InvalidValueError {
  const isMix =
    words === NUMBER.words ? typeof value === "bigint" : words === BIGINT.words && typeof value === "number";
  return wrongType(
    `${words}, as the values before it are${isMix ? " (numbers and bigints cannot be mixed)" : ""}`,
    value,
  );
}

function listOf(item: ImpliedType): ImpliedType {
  const arrow = { type: "List", item: { name: "item", nullable: true, type: item.codec.arrow } } as const;
  return { words: "a list", codec: list(arrow, item.codec), item };
}

function structOf(fields: ReadonlyMap<string, ImpliedType>): ImpliedType {
  const named = Array.from(fields, ([name, { codec }]) => ({ name, nullable: true, type: codec.arrow }));
  const codecs = Array.from(fields.values(), ({ codec }) => codec);
  return { words: "an object", codec: struct({ type: "Struct", fields: named }, codecs), fields };
}
