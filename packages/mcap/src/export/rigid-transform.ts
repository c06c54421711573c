/** A vector of three numbers. */
export type Vec3 = readonly [number, number, number];
/** A matrix of three columns. */
export type Mat3 = readonly [Vec3, Vec3, Vec3];
/** A quaternion: x, y, z, w. */
export type RotationXyzw = readonly [number, number, number, number];

/** The parts of Rerun's transforms, applied to a point in reverse order. */
export interface TransformParts {
  readonly translation?: Vec3 | undefined;
  /** An axis and an angle in radians. */
  readonly axisAngle?: readonly [axis: Vec3, angle: number] | undefined;
  readonly quaternion?: RotationXyzw | undefined;
  readonly scale?: Vec3 | undefined;
  readonly mat3x3?: Mat3 | undefined;
  /** Whether the parts are the transform of the parent to the child. */
  readonly isInverse: boolean;
}

/** A translation and a rotation. */
export interface RigidTransform {
  readonly translation: Vec3;
  readonly rotation: RotationXyzw;
  /** Whether the transform also scales, which is not part of the rotation. */
  readonly hasScale: boolean;
}

/** The largest difference from a right angle, or from the scale 1, that counts as none: input has 32-bit floats. */
const TOLERANCE = 1e-3;
const IDENTITY: Mat3 = [
  [1, 0, 0],
  [0, 1, 0],
  [0, 0, 1],
];

/** The translation and rotation of a transform, or `undefined` if it shears, mirrors or is invalid. */
export function rigidTransform(parts: TransformParts): RigidTransform | undefined {
  const { translation = [0, 0, 0], axisAngle, quaternion, scale, mat3x3, isInverse } = parts;
  const isPlain = axisAngle === undefined && scale === undefined && mat3x3 === undefined && !isInverse;
  if (isPlain && [...translation, ...(quaternion ?? [])].every(Number.isFinite)) {
    const isTurn = quaternion === undefined || Math.hypot(...quaternion) > 0;
    return isTurn ? { translation, rotation: quaternion ?? [0, 0, 0, 1], hasScale: false } : undefined;
  }
  let matrix = IDENTITY;
  if (axisAngle !== undefined) matrix = multiply(matrix, rotationOf(fromAxisAngle(...axisAngle)));
  if (quaternion !== undefined) matrix = multiply(matrix, rotationOf(quaternion));
  if (scale !== undefined)
    matrix = multiply(matrix, [
      [scale[0], 0, 0],
      [0, scale[1], 0],
      [0, 0, scale[2]],
    ] as const);
  if (mat3x3 !== undefined) matrix = multiply(matrix, mat3x3);
  let moved = translation;
  if (isInverse) {
    matrix = inverseOf(matrix);
    const [x, y, z] = apply(matrix, translation);
    moved = [-x, -y, -z];
  }
  const lengths = matrix.map((column) => Math.hypot(...column)) as unknown as Vec3;
  const [a, b, c] = matrix.map((column, index) =>
    column.map((value) => value / (lengths[index] ?? 1)),
  ) as unknown as Mat3;
  const isRotation =
    Math.abs(dot(a, b)) < TOLERANCE &&
    Math.abs(dot(a, c)) < TOLERANCE &&
    Math.abs(dot(b, c)) < TOLERANCE &&
    dot(cross(a, b), c) > 0;
  // Comparisons with NaN are false, so invalid numbers are rejected here, too.
  if (!isRotation || !moved.every(Number.isFinite)) return undefined;
  const hasScale = lengths.some((length) => Math.abs(length - 1) > TOLERANCE);
  return { translation: moved, rotation: quaternionOf([a, b, c]), hasScale };
}

function fromAxisAngle(axis: Vec3, angle: number): RotationXyzw {
  const length = Math.hypot(...axis);
  const factor = Math.sin(angle / 2) / length;
  return [axis[0] * factor, axis[1] * factor, axis[2] * factor, Math.cos(angle / 2)];
}

/** The matrix of a quaternion of any length. */
function rotationOf(quaternion: RotationXyzw): Mat3 {
  const length = Math.hypot(...quaternion);
  const [x, y, z, w] = quaternion.map((value) => value / length) as unknown as RotationXyzw;
  return [
    [1 - 2 * (y * y + z * z), 2 * (x * y + z * w), 2 * (x * z - y * w)],
    [2 * (x * y - z * w), 1 - 2 * (x * x + z * z), 2 * (y * z + x * w)],
    [2 * (x * z + y * w), 2 * (y * z - x * w), 1 - 2 * (x * x + y * y)],
  ];
}

/** The quaternion of a rotation, computed from its largest part. */
function quaternionOf([[xx, xy, xz], [yx, yy, yz], [zx, zy, zz]]: Mat3): RotationXyzw {
  const candidates: readonly (readonly [squared: number, RotationXyzw])[] = [
    [1 + xx - yy - zz, [1 + xx - yy - zz, xy + yx, xz + zx, yz - zy]],
    [1 - xx + yy - zz, [xy + yx, 1 - xx + yy - zz, yz + zy, zx - xz]],
    [1 - xx - yy + zz, [xz + zx, yz + zy, 1 - xx - yy + zz, xy - yx]],
    [1 + xx + yy + zz, [yz - zy, zx - xz, xy - yx, 1 + xx + yy + zz]],
  ];
  const [, largest] = candidates.reduce((best, one) => (one[0] > best[0] ? one : best));
  const length = Math.hypot(...largest);
  return largest.map((value) => value / length) as unknown as RotationXyzw;
}

function multiply(left: Mat3, right: Mat3): Mat3 {
  return right.map((column) => apply(left, column)) as unknown as Mat3;
}

function apply([a, b, c]: Mat3, [x, y, z]: Vec3): Vec3 {
  return [a[0] * x + b[0] * y + c[0] * z, a[1] * x + b[1] * y + c[1] * z, a[2] * x + b[2] * y + c[2] * z];
}

function inverseOf([a, b, c]: Mat3): Mat3 {
  const determinant = dot(cross(a, b), c);
  const rows = [cross(b, c), cross(c, a), cross(a, b)].map((row) => row.map((value) => value / determinant));
  return [0, 1, 2].map((column) => rows.map((row) => row[column])) as unknown as Mat3;
}

function dot(one: Vec3, other: Vec3): number {
  return one[0] * other[0] + one[1] * other[1] + one[2] * other[2];
}

function cross([ax, ay, az]: Vec3, [bx, by, bz]: Vec3): Vec3 {
  return [ay * bz - az * by, az * bx - ax * bz, ax * by - ay * bx];
}
