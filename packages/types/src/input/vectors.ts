import {
  forEachIndex,
  toList,
  wrongCount,
  wrongType,
  type ArrowField,
  type FixedSizeListBuilder,
  type PrimitiveBuilder,
} from "@rerun-ts/core/internal";
import type { Encoding } from "../define/encoding.ts";
import { isNumberArray } from "./arrays.ts";
import { numberWriter, type NumberType, type NumberWriter } from "./numbers.ts";

/** Anything that gives its numbers as an array: the vectors of three.js. */
export interface ToArray {
  toArray(): ArrayLike<number>;
}

/** One vector of 2: `[x, y]`, a typed array, `{ x, y }`, or something with `toArray()`. */
export type Vec2Like = ArrayLike<number> | { readonly x: number; readonly y: number } | ToArray;
/** One vector of 3: `[x, y, z]`, a typed array, `{ x, y, z }`, or something with `toArray()`. */
export type Vec3Like = ArrayLike<number> | { readonly x: number; readonly y: number; readonly z: number } | ToArray;
/** One vector of 4: `[x, y, z, w]`, a typed array, `{ x, y, z, w }`, or something with `toArray()`. */
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

type VectorBuilder = FixedSizeListBuilder<PrimitiveBuilder>;

const AXES = ["x", "y", "z", "w"] as const;

/** The Arrow type of vectors. */
export function vectorType(
  size: number,
  type: NumberType,
): { readonly type: "FixedSizeList"; readonly size: number; readonly item: ArrowField } {
  return { type: "FixedSizeList", size, item: { name: "item", nullable: false, type: { type } } };
}

/** Vectors of `size` numbers. */
export function vectors<Input>(size: number, type: NumberType): Encoding<Input> {
  const axes = size <= AXES.length ? AXES.slice(0, size) : undefined;
  const objects = axes === undefined ? "" : ` or objects with ${axes.join(", ")}`;
  const expected = `vectors of ${size}: flat numbers (a multiple of ${size}), nested arrays${objects}`;
  const writer = numberWriter(type);
  return {
    arrow: vectorType(size, type),
    append(values, target): void {
      const builder = target as VectorBuilder;
      if (isNumberArray(values)) return appendFlat(builder, values, writer, expected);
      if (isSingleObject(values)) return appendOne(builder, values, axes, writer, expected);
      const list = toList(values, expected);
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

/** Appends one vector, which may not be a list of vectors. */
function appendOne(
  builder: VectorBuilder,
  value: unknown,
  axes: readonly string[] | undefined,
  writer: NumberWriter,
  expected: string,
): void {
  const { item, size } = builder;
  if (typeof value !== "object" || value === null) throw wrongType(expected, value);
  if (axes !== undefined && axes.every((axis) => axis in value)) {
    for (const axis of axes) writer.one(item, (value as Record<string, unknown>)[axis]);
    return;
  }
  const list =
    "toArray" in value && typeof value.toArray === "function" ? (value as ToArray).toArray() : toList(value, expected);
  if (list.length !== size) throw wrongCount(expected, `${list.length} numbers`);
  writer.all(item, list);
}

function isSingleObject(values: unknown): boolean {
  return (
    typeof values === "object" &&
    values !== null &&
    !Array.isArray(values) &&
    (("x" in values && "y" in values) || "toArray" in values)
  );
}
