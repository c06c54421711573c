import { forEachIndex, toArrayLike, wrongCount, wrongType } from "@rerun-ts/core/checks";
import { FixedSizeListBuilder, PrimitiveBuilder, type ArrowField } from "@rerun-ts/core/encode";
import type { Codec } from "../define/codec.ts";
import { isNumberArray } from "./arrays.ts";
import { numberWriter, wrongNumber, type NumberKind, type NumberWriter } from "./numbers.ts";

/** An object that returns its numbers as an array, such as the vectors of three.js. */
export interface ToArray {
  toArray(): ArrayLike<number>;
}

/** One vector of 2 numbers: `[x, y]`, a typed array, `{ x, y }`, or an object with `toArray()`. */
export type Vec2Like = ArrayLike<number> | { readonly x: number; readonly y: number } | ToArray;
/** One vector of 3 numbers: `[x, y, z]`, a typed array, `{ x, y, z }`, or an object with `toArray()`. */
export type Vec3Like = ArrayLike<number> | { readonly x: number; readonly y: number; readonly z: number } | ToArray;
/** One vector of 4 numbers: `[x, y, z, w]`, a typed array, `{ x, y, z, w }`, or an object with `toArray()`. */
export type Vec4Like =
  | ArrayLike<number>
  | { readonly x: number; readonly y: number; readonly z: number; readonly w: number }
  | ToArray;

/** One vector or many: nested, or flat with 2 numbers each. */
export type Vec2sLike = Vec2Like | readonly Vec2Like[] | Iterable<Vec2Like>;
/** One vector or many: nested, or flat with 3 numbers each. */
export type Vec3sLike = Vec3Like | readonly Vec3Like[] | Iterable<Vec3Like>;
/** One vector or many: nested, or flat with 4 numbers each. */
export type Vec4sLike = Vec4Like | readonly Vec4Like[] | Iterable<Vec4Like>;

/** The builder of vectors, whose numbers are one flat array. */
export type VectorBuilder = FixedSizeListBuilder<PrimitiveBuilder>;

interface FixedSizeListType {
  readonly type: "FixedSizeList";
  readonly size: number;
  readonly item: ArrowField;
}

const AXES = ["x", "y", "z", "w"] as const;

/** The Arrow type and the builder of vectors of `size` numbers. */
export function vectorLayout(
  size: number,
  { type }: NumberKind,
): Pick<Codec<never, VectorBuilder>, "createBuilder"> & { readonly arrow: FixedSizeListType } {
  const item = { type };
  const arrow: FixedSizeListType = { type: "FixedSizeList", size, item: { name: "item", nullable: false, type: item } };
  return { arrow, createBuilder: () => new FixedSizeListBuilder(arrow, new PrimitiveBuilder(item)) };
}

/** Vectors of `size` numbers. `keys` are the properties of a vector that is given as an object. */
export function vectors<Input>(
  size: number,
  kind: NumberKind,
  keys: readonly string[] = AXES,
): Codec<Input, VectorBuilder> {
  const axes = size <= keys.length ? keys.slice(0, size) : undefined;
  const objects = axes === undefined ? "" : ` or objects with ${axes.join(", ")}`;
  const expected = `vectors of ${size}: flat numbers (a multiple of ${size}), nested arrays${objects}`;
  const writer = numberWriter(kind);
  return {
    ...vectorLayout(size, kind),
    append(values, builder): void {
      if (isNumberArray(values)) return appendFlat(builder, values, writer, expected);
      if (isSingleObject(values, axes)) return appendOne(builder, values, axes, writer, expected);
      const list = toArrayLike(values, expected);
      if (list.length === 0) return;
      if (typeof list[0] === "number") return appendFlat(builder, list, writer, expected);
      forEachIndex(list.length, (index) => appendOne(builder, list[index], axes, writer, expected));
    },
  };
}

function appendFlat(
  { item, size }: VectorBuilder,
  values: ArrayLike<unknown>,
  writer: NumberWriter,
  expected: string,
): void {
  if (values.length % size !== 0) throw wrongCount(expected, `${values.length} numbers`);
  writer.all(item, values);
}

/** Appends one vector. */
function appendOne(
  builder: VectorBuilder,
  value: unknown,
  axes: readonly string[] | undefined,
  writer: NumberWriter,
  expected: string,
): void {
  const { item, size } = builder;
  if (typeof value !== "object" || value === null) throw wrongNumber(expected, value);
  if (axes !== undefined && axes.every((axis) => axis in value)) {
    for (const axis of axes) writer.one(item, (value as Record<string, unknown>)[axis]);
    return;
  }
  const list = isOnlyToArray(value) ? value.toArray() : toArrayLike(value, expected);
  if (typeof list[0] === "object")
    throw wrongType(`${expected} (several instances per row? \`.partition(lengths)\`)`, list);
  if (list.length !== size) throw wrongCount(expected, `${list.length} numbers`);
  writer.all(item, list);
}

function isSingleObject(values: unknown, axes: readonly string[] | undefined): boolean {
  if (typeof values !== "object" || values === null || Array.isArray(values)) return false;
  return isOnlyToArray(values) || axes?.every((axis) => axis in values) === true;
}

/**
 * Whether an object returns its numbers by `toArray` only. Iterables are read as such: newer platforms have a method of
 * that name on iterators.
 */
function isOnlyToArray(value: object): value is ToArray {
  return !(Symbol.iterator in value) && typeof (value as Partial<ToArray>).toArray === "function";
}
