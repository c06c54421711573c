import type { ArrayBuilder, FixedSizeListBuilder, PrimitiveBuilder } from "@rerun-ts/core/internal";
import type { Encoding } from "../define/encoding.ts";
import { numberWriter } from "./numbers.ts";
import { vectors, type Vec3sLike } from "./vectors.ts";

/** One factor for all axes, or vectors of three. */
export type Scale3DsLike = number | Vec3sLike;

const vec3s = vectors<Vec3sLike>(3, "Float32");
const writer = numberWriter("Float32");

/** Scales in 3D; a single number counts for all three axes. */
export const scales3d: Encoding<Scale3DsLike> = {
  arrow: vec3s.arrow,
  append(values, target: ArrayBuilder, instances): void {
    if (typeof values !== "number") return vec3s.append(values, target, instances);
    const { item } = target as FixedSizeListBuilder<PrimitiveBuilder>;
    for (let axis = 0; axis < 3; axis++) writer.one(item, values);
  },
};
