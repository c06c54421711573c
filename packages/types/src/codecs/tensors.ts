import {
  forEachIndex,
  InvalidValueError,
  problemWith,
  toArrayLike,
  typedArrayName,
  withinKey,
  wrongType,
} from "@rerun-ts/core/checks";
import { PrimitiveBuilder, StructBuilder, type ListBuilder, type UnionBuilder } from "@rerun-ts/core/encode";
import type { Codec } from "../define/codec.ts";
import { UInt64 } from "../gen/encodings/uint64.ts";
import { Utf8 } from "../gen/encodings/utf8.ts";
import type { InteropTensorLike } from "./interop-tensors.ts";
import { flattenNumbers, isBits, isTensorObject, readTensor } from "./nested-numbers.ts";
import { ELEMENT_TYPES_BY_ARRAY, type TensorElementType } from "./element-types.ts";
import { appendHalfFloats } from "./half-floats.ts";
import { listField } from "./lists.ts";
import {
  FLOAT32,
  FLOAT64,
  INT16,
  INT32,
  INT8,
  UINT16,
  UINT32,
  UINT8,
  integers64,
  numbers,
  type NumberKind,
} from "./numbers.ts";
import { unionLayout } from "./unions.ts";

/** The values of a tensor as a flat list. A typed array determines their type. `{ bits }` are 16-bit floats. */
export type TensorBufferLike = ArrayLike<number> | ArrayLike<bigint> | ArrayBufferView | { readonly bits: Uint16Array };

/** The values of one tensor, or a list of them. */
export type TensorBuffersLike = TensorBufferLike | readonly TensorBufferLike[];

/** Nested lists of numbers, all lists of one level having the same length. */
export type NestedNumbers = ArrayLike<number> | ArrayLike<bigint> | readonly NestedNumbers[];

/**
 * A tensor: values and shape, nested numbers, a tensor of another library, or an `ndarray`. Nested numbers have one
 * level for each dimension, and are stored with 64 bits. The libraries are TensorFlow.js, ONNX Runtime and
 * Transformers.js.
 */
export type TensorLike =
  | {
      /** The values in row-major order, or nested, without `shape`. */
      readonly data: TensorBufferLike | NestedNumbers;
      /** The size of each dimension. Default: the nesting of `data`. */
      readonly shape?: ArrayLike<number> | undefined;
      /** The dimensions' names. */
      readonly dimNames?: readonly string[] | undefined;
      /** The type of the values. Default: the type of the typed array, else `F64`. */
      readonly elementType?: TensorElementType | undefined;
    }
  | InteropTensorLike
  | NestedNumbers
  | ArrayBufferView;

/** One tensor, or a list of tensors that are objects. */
export type TensorsLike = TensorLike | readonly TensorLike[];

const halfFloats: Codec<never> = {
  arrow: { type: "Float16" },
  createBuilder: () => new PrimitiveBuilder({ type: "Float16" }),
  append: (values: unknown, builder) => appendHalfFloats(values, builder as PrimitiveBuilder),
};

/** The codec of each element type, in the order of the union's variants. */
const ELEMENTS: Readonly<Record<TensorElementType, Codec<never>>> = {
  U8: numbersOf(UINT8),
  U16: numbersOf(UINT16),
  U32: numbersOf(UINT32),
  U64: integers64("UInt64") as Codec<never>,
  I8: numbersOf(INT8),
  I16: numbersOf(INT16),
  I32: numbersOf(INT32),
  I64: integers64("Int64") as Codec<never>,
  F16: halfFloats,
  F32: numbersOf(FLOAT32),
  F64: numbersOf(FLOAT64),
};

const ELEMENT_TYPES = Object.keys(ELEMENTS) as TensorElementType[];

const layout = unionLayout(
  ELEMENT_TYPES.map((name) => ({ nativeName: name, codec: listField(ELEMENTS[name]) as Codec<never> })),
);

/** The values of tensors, a union of lists by element type. */
export const tensorBuffers: Codec<TensorBuffersLike, UnionBuilder> = {
  ...layout,
  append(values, builder): void {
    const isMany = Array.isArray(values) && typeof values[0] === "object";
    if (!isMany) appendBuffer(builder, values, undefined);
    else forEachIndex(values.length, (index) => appendBuffer(builder, values[index], undefined));
  },
};

const shapes = listField(UInt64);
const names = listField(Utf8);

const ARROW = {
  type: "Struct",
  fields: [
    { name: "shape", nullable: false, type: shapes.arrow },
    { name: "names", nullable: true, type: names.arrow },
    { name: "buffer", nullable: true, type: layout.arrow },
  ],
} as const;

/** Tensors: arrays of any number of dimensions. */
export const tensors: Codec<TensorsLike, StructBuilder> = /* @__PURE__ */ tensorsOf(() => {});

/** Tensors of one dimension. Others may have the size 1, as in Rerun's Python SDK. */
export const flatTensors: Codec<TensorsLike, StructBuilder> = /* @__PURE__ */ tensorsOf((sizes) => {
  const shape = Array.from(sizes, Number);
  if (shape.length > 0 && shape.filter((size) => size !== 1).length <= 1) return;
  throw new InvalidValueError("a flat list of numbers", `the shape [${shape.join(", ")}]`, true);
});

/** The codec of tensors whose sizes pass a check, which throws `InvalidValueError`. */
function tensorsOf(checkShape: (sizes: ArrayLike<unknown>) => void): Codec<TensorsLike, StructBuilder> {
  return {
    arrow: ARROW,
    createBuilder: () =>
      new StructBuilder(ARROW, [shapes.createBuilder(), names.createBuilder(), layout.createBuilder()]),
    append(values, builder): void {
      const isMany = Array.isArray(values) && values.length > 0 && isTensorObject(values[0]);
      if (Array.isArray(values) && values.length === 0) return;
      if (!isMany) return appendTensor(builder, values, checkShape);
      forEachIndex(values.length, (index) => appendTensor(builder, values[index], checkShape));
    },
  };
}

function numbersOf(kind: NumberKind): Codec<never> {
  return numbers(kind) as Codec<never>;
}

function appendTensor(builder: StructBuilder, value: unknown, checkShape: (sizes: ArrayLike<unknown>) => void): void {
  const given = readTensor(value);
  const { dimNames, elementType, shape: givenShape, data: givenData, ...others } = given;
  const { data, shape, elementType: impliedType } = givenShape === undefined ? flattenNumbers(givenData) : given;
  const [unknown] = Object.keys(others);
  if (unknown !== undefined)
    throw problemWith(undefined, `has the unknown key \`${unknown}\`; keys: data, shape?, dimNames?, elementType?`);
  const [shapeBuilder, nameBuilder, bufferBuilder] = builder.fields as [ListBuilder, ListBuilder, UnionBuilder];
  const count = appendBuffer(bufferBuilder, data, elementType ?? impliedType);
  const sizes =
    shape === undefined || shape === null ? [count] : toArrayLike(shape, "a list of the sizes of all dimensions");
  appendWithin("shape", () => shapes.append(sizes as ArrayLike<number>, shapeBuilder, -1));
  checkShape(sizes);
  const product = Array.from(sizes).reduce<number>((total, size) => total * Number(size), 1);
  if (product !== count) {
    const expected = `${product} values, as its shape says`;
    throw new InvalidValueError(expected, `${count} values`, true);
  }
  if (dimNames === undefined || dimNames === null) nameBuilder.appendNull();
  else appendWithin("dimNames", () => appendNames(nameBuilder, dimNames, sizes.length));
  builder.close();
}

function appendNames(builder: ListBuilder, dimNames: unknown, dimensions: number): void {
  const list = toArrayLike(dimNames, "a list of strings");
  if (list.length !== dimensions)
    throw new InvalidValueError(`one name for each of ${dimensions} dimensions`, `${list.length} names`, true);
  names.append(list as ArrayLike<string> as readonly string[], builder, -1);
}

/** Appends the values of one tensor and returns their number. */
function appendBuffer(builder: UnionBuilder, data: unknown, elementType: unknown): number {
  const type = elementType ?? elementTypeOf(data);
  const index = ELEMENT_TYPES.indexOf(type as TensorElementType);
  if (index < 0) {
    throw withinKey(wrongType(`one of ${ELEMENT_TYPES.join(", ")}`, elementType), "elementType");
  }
  if (typeof data !== "object" || data === null) throw wrongType("an array or a typed array of numbers", data);
  const list = builder.select(index + 1) as ListBuilder;
  const before = list.item.length;
  ELEMENTS[type as TensorElementType].append(data as never, list.item, -1);
  list.close();
  return list.item.length - before;
}

function elementTypeOf(data: unknown): TensorElementType {
  if (isBits(data)) return "F16";
  const hasBigInts = Array.isArray(data) && typeof data[0] === "bigint";
  return ELEMENT_TYPES_BY_ARRAY[typedArrayName(data) ?? ""] ?? (hasBigInts ? "I64" : "F64");
}

function appendWithin(key: string, append: () => void): void {
  try {
    append();
  } catch (error) {
    throw error instanceof InvalidValueError ? withinKey(error, key) : error;
  }
}
