import { InvalidValueError, problemWith } from "@rerun-ts/core/checks";
import type { FieldValues } from "../define/archetype.ts";
import { Transform3D as Generated, type Transform3DFields } from "../gen/archetypes/transform3d.ts";
import type { MatrixLike } from "../codecs/matrices.ts";
import type { RotationAxisAngleLike } from "../codecs/rotations.ts";
import type { Vec4Like } from "../codecs/vectors.ts";
import { isAboutAxes } from "../ext/any-rotations.ts";
import { columnsOfMatrix4 } from "../ext/matrix4.ts";

/** The rotation of an entity: in either form, or in both, applied one after the other. */
export type Transform3DRotation =
  | { rotation?: never }
  | {
      /** A quaternion x, y, z, w, or an angle about an axis. */
      rotation: Vec4Like | RotationAxisAngleLike | null | undefined;
      quaternion?: never;
      rotationAxisAngle?: never;
    };

/** Options of {@link Transform3D}. */
export type Transform3DOptions = Transform3DFields & Transform3DRotation;

/**
 * The position, rotation and scale of an entity in the space of its parent. They also apply to everything below it.
 * Logging a transform replaces all fields of the previous one.
 *
 * @example
 * rec.log("arm", new rr.Transform3D({ translation: [0, 0, 1], rotationAxisAngle: { axis: [0, 0, 1], degrees: 30 } }));
 * @example
 * rec.log("arm", new rr.Transform3D({ rotation: [0, 0, 0, 1], scale: 2 }));
 */
export class Transform3D extends Generated<Transform3DOptions> {
  /**
   * Creates a transform from a 4×4 matrix. Its last row must be 0, 0, 0, 1. The last column is the translation, and the
   * rest is `mat3x3`. An invalid matrix is reported when it is logged.
   *
   * @param matrix nested rows, `{ rows }`, `{ columns }`, or an object whose `toArray()` returns columns (three.js)
   */
  static fromMatrix4(matrix: MatrixLike, options?: Omit<Transform3DFields, "translation" | "mat3x3">): Transform3D {
    return new Transform3D({ ...options, matrix4: matrix } as Transform3DOptions);
  }

  protected override expand(options: FieldValues): FieldValues {
    if (options.rotation === undefined && options.matrix4 === undefined) return options;
    const { rotation, matrix4, ...fields } = options;
    const placed = matrix4 === undefined ? fields : { ...fields, ...splitMatrix(matrix4) };
    if (rotation === undefined) return placed;
    if (fields.quaternion !== undefined || fields.rotationAxisAngle !== undefined) {
      throw problemWith("Transform3D.rotation", "cannot be combined with `quaternion` or `rotationAxisAngle`");
    }
    return isAboutAxes(rotation) ? { ...placed, rotationAxisAngle: rotation } : { ...placed, quaternion: rotation };
  }
}

function splitMatrix(matrix: unknown): FieldValues {
  const columns = columnsOfMatrix4(matrix, "Transform3D.fromMatrix4");
  const at = (...indices: number[]): number[] => indices.map((index) => columns[index] as number);
  const [last0, last1, last2, last3] = at(3, 7, 11, 15);
  if (last0 !== 0 || last1 !== 0 || last2 !== 0 || last3 !== 1) {
    const expected = "a 4×4 matrix whose last row is 0, 0, 0, 1";
    throw new InvalidValueError(expected, `one with ${at(3, 7, 11, 15).join(", ")}`, true, "Transform3D.fromMatrix4");
  }
  return { translation: at(12, 13, 14), mat3x3: { columns: at(0, 1, 2, 4, 5, 6, 8, 9, 10) } };
}
