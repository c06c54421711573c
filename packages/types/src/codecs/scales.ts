import type { Codec } from "../define/codec.ts";
import { FLOAT32, numberWriter } from "./numbers.ts";
import { vectors, type Vec3sLike, type VectorBuilder } from "./vectors.ts";

/** One factor for all axes, or vectors of three. */
export type Scale3DsLike = number | Vec3sLike;

const vec3s = vectors<Vec3sLike>(3, FLOAT32);
const writer = numberWriter(FLOAT32);

/** Scales in 3D. A single number counts for all three axes. */
export const scales3d: Codec<Scale3DsLike, VectorBuilder> = {
  ...vec3s,
  append(values, target, instances): void {
    if (typeof values !== "number") return vec3s.append(values, target, instances);
    for (let axis = 0; axis < 3; axis++) writer.one(target.item, values);
  },
};
