import { InvalidValueError, forEachIndex, toArrayLike, wrongType } from "@rerun-ts/core/checks";
import type { Codec } from "../define/codec.ts";
import { FLOAT32, numberWriter } from "./numbers.ts";
import { vectors, type Vec3Like, type Vec4Like, type VectorBuilder } from "./vectors.ts";

/** The plane through the origin that two axes span. */
export type PlaneName = "XY" | "YZ" | "ZX";

/** A plane: its normal and its distance from the origin, these four numbers, or the axes that span it. */
export type PlaneLike = { readonly normal: Vec3Like; readonly distance?: number | undefined } | Vec4Like | PlaneName;

/** One plane, or a list of them. */
export type PlanesLike = PlaneLike | readonly PlaneLike[];

const vec4s = /* @__PURE__ */ vectors<unknown>(4, FLOAT32);
const vec3s = /* @__PURE__ */ vectors<unknown>(3, FLOAT32);
const writer = /* @__PURE__ */ numberWriter(FLOAT32);

const NORMALS: Readonly<Record<PlaneName, Vec3Like>> = { XY: [0, 0, 1], YZ: [1, 0, 0], ZX: [0, 1, 0] };

/** Planes in 3D space. */
export const planes: Codec<PlanesLike, VectorBuilder> = {
  ...vec4s,
  append(values, builder): void {
    const single = planeOf(values);
    if (single !== undefined) return appendPlane(builder, single);
    const isList = Array.isArray(values) && values.some((value) => planeOf(value) !== undefined);
    if (!isList) return vec4s.append(values, builder, -1);
    const list = toArrayLike(values, "planes");
    forEachIndex(list.length, (index) => {
      const plane = planeOf(list[index]);
      if (plane === undefined) vec4s.append(list[index], builder, -1);
      else appendPlane(builder, plane);
    });
  },
};

interface Plane {
  readonly normal: unknown;
  readonly distance?: unknown;
}

/** The normal and the distance of a plane, or `undefined` for four numbers. */
function planeOf(value: unknown): Plane | undefined {
  if (typeof value === "string") {
    if (!Object.hasOwn(NORMALS, value))
      throw wrongType('a plane: "XY", "YZ", "ZX", { normal, distance } or four numbers', value);
    return { normal: NORMALS[value as PlaneName] };
  }
  return typeof value === "object" && value !== null && "normal" in value ? value : undefined;
}

function appendPlane({ item }: VectorBuilder, { normal, distance = 0 }: Plane): void {
  const axes = vec3s.createBuilder();
  vec3s.append(normal, axes, -1);
  if (axes.length !== 1) throw new InvalidValueError("one normal for each plane", `${axes.length}`, true);
  item.data.pushBytes(axes.item.data.used);
  writer.one(item, distance);
}
