import { InvalidValueError, forEachIndex, toArrayLike } from "@rerun-ts/core/checks";
import type { Codec } from "../define/codec.ts";
import { FLOAT32, numberWriter } from "./numbers.ts";
import { vectors, type Vec3Like, type Vec4Like, type VectorBuilder } from "./vectors.ts";

/** A plane: its normal and its distance from the origin, or these four numbers. */
export type PlaneLike = { readonly normal: Vec3Like; readonly distance?: number | undefined } | Vec4Like;

/** One plane, or a list of them. */
export type PlanesLike = PlaneLike | readonly PlaneLike[];

const vec4s = /* @__PURE__ */ vectors<unknown>(4, FLOAT32);
const vec3s = /* @__PURE__ */ vectors<unknown>(3, FLOAT32);
const writer = /* @__PURE__ */ numberWriter(FLOAT32);

/** Planes in 3D space. */
export const planes: Codec<PlanesLike, VectorBuilder> = {
  ...vec4s,
  append(values, builder): void {
    if (isPlane(values)) return appendPlane(builder, values);
    const isList = Array.isArray(values) && values.some(isPlane);
    if (!isList) return vec4s.append(values, builder, -1);
    const list = toArrayLike(values, "planes");
    forEachIndex(list.length, (index) => {
      const plane = list[index];
      if (isPlane(plane)) appendPlane(builder, plane);
      else vec4s.append(plane, builder, -1);
    });
  },
};

interface Plane {
  readonly normal: unknown;
  readonly distance?: unknown;
}

function isPlane(value: unknown): value is Plane {
  return typeof value === "object" && value !== null && "normal" in value;
}

function appendPlane({ item }: VectorBuilder, { normal, distance = 0 }: Plane): void {
  const axes = vec3s.createBuilder();
  vec3s.append(normal, axes, -1);
  if (axes.length !== 1) throw new InvalidValueError("one normal for each plane", `${axes.length}`, true);
  item.data.pushBytes(axes.item.data.used);
  writer.one(item, distance);
}
