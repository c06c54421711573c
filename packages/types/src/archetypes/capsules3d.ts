import {
  Capsules3D as Generated,
  type Capsules3DFields,
  type Capsules3DOptions,
} from "../gen/archetypes/capsules3d.ts";
import type { FieldValues } from "../define/archetype.ts";
import type { NumbersLike } from "../codecs/numbers.ts";
import type { Vec3sLike } from "../codecs/vectors.ts";
import { InvalidValueError } from "@rerun-ts/core/checks";
import { flatVectors } from "../ext/flat-vectors.ts";

/** Options of {@link Capsules3D.fromEndpoints}. */
export type CapsulesBetweenOptions = Omit<
  Capsules3DFields,
  "lengths" | "radii" | "translations" | "quaternions" | "rotationAxisAngles"
>;

/**
 * Capsules in 3D space: cylinders with round ends.
 *
 * @example
 * rec.log("arm", new rr.Capsules3D({ lengths: [0.4, 0.3], radii: 0.05, translations: [[0, 0, 0], [0, 0, 0.4]] }));
 * @example
 * rec.log("arm", rr.Capsules3D.fromEndpoints([[0, 0, 0]], [[1, 1, 1]], 0.1, { colors: "orange" }));
 */
export class Capsules3D extends Generated {
  /** Creates capsules from the centres of their two round ends. `starts` and `ends` must have the same length. */
  static fromEndpoints(
    starts: Vec3sLike,
    ends: Vec3sLike,
    radii: NumbersLike,
    options?: CapsulesBetweenOptions,
  ): Capsules3D {
    return new Capsules3D({ ...options, radii, starts, ends } as unknown as Capsules3DOptions);
  }

  protected override expand(options: FieldValues): FieldValues {
    if (options.starts === undefined && options.ends === undefined) return options;
    const { starts, ends, ...fields } = options;
    return { ...fields, ...between(starts, ends) };
  }
}

/** The lengths, positions and rotations of capsules between pairs of points. */
function between(starts: unknown, ends: unknown): FieldValues {
  const from = flatVectors(starts, 3, "Capsules3D.starts");
  const to = flatVectors(ends, 3, "Capsules3D.ends");
  if (from.length !== to.length) {
    const expected = `as many as there are starts, ${from.length / 3}`;
    throw new InvalidValueError(expected, `${to.length / 3}`, true, "Capsules3D.ends");
  }
  const count = from.length / 3;
  const lengths = new Float32Array(count);
  const quaternions = new Float32Array(count * 4);
  for (let index = 0; index < count; index++) {
    const [x, y, z] = [0, 1, 2].map((axis) => (to[index * 3 + axis] as number) - (from[index * 3 + axis] as number));
    const way = [x, y, z] as [number, number, number];
    lengths[index] = Math.hypot(...way);
    quaternions.set(arcFromUp(way), index * 4);
  }
  return { lengths, translations: from, quaternions };
}

/** The shortest rotation from +Z to a direction, as a quaternion x, y, z, w. The identity for a zero vector. */
function arcFromUp([x, y, z]: readonly [number, number, number]): readonly [number, number, number, number] {
  const length = Math.hypot(x, y, z);
  if (length === 0) return [0, 0, 0, 1];
  const cosine = z / length;
  // Straight down: any axis perpendicular to Z will do.
  if (cosine < -1 + 1e-6) return [1, 0, 0, 0];
  const w = Math.sqrt((1 + cosine) / 2);
  return [-y / length / (2 * w), x / length / (2 * w), 0, w];
}
