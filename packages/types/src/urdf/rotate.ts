import type { Triple } from "./urdf-model.ts";

/** A rotation: x, y, z, w. */
export type Quaternion = readonly [number, number, number, number];

/** The rotation of roll, pitch and yaw about fixed axes, as in URDF. */
export function fromRpy([roll, pitch, yaw]: Triple): Quaternion {
  const [x, y, z] = [fromAxis([1, 0, 0], roll), fromAxis([0, 1, 0], pitch), fromAxis([0, 0, 1], yaw)];
  return multiply(multiply(z, y), x);
}

/** The rotation about an axis of any length, in radians. None about an axis without a length. */
export function fromAxis(axis: Triple, angle: number): Quaternion {
  const length = Math.hypot(...axis);
  const factor = length === 0 ? 0 : Math.sin(angle / 2) / length;
  const [x, y, z] = axis;
  return [x * factor, y * factor, z * factor, length === 0 ? 1 : Math.cos(angle / 2)];
}

/** The rotation `b`, followed by `a`. */
export function multiply([ax, ay, az, aw]: Quaternion, [bx, by, bz, bw]: Quaternion): Quaternion {
  return [
    aw * bx + ax * bw + ay * bz - az * by,
    aw * by - ax * bz + ay * bw + az * bx,
    aw * bz + ax * by - ay * bx + az * bw,
    aw * bw - ax * bx - ay * by - az * bz,
  ];
}

/** A vector after a rotation. */
export function rotate(rotation: Quaternion, [x, y, z]: Triple): Triple {
  const [qx, qy, qz, qw] = rotation;
  const [rx, ry, rz] = multiply(multiply(rotation, [x, y, z, 0]), [-qx, -qy, -qz, qw]);
  return [rx, ry, rz];
}
