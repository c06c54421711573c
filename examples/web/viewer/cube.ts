// The cube that is drawn on the left, and logged for the viewer on the right.

/** Eight corners, from -1 to 1. */
export const CORNERS: readonly (readonly [number, number, number])[] = Array.from({ length: 8 }, (_, corner) => [
  (corner & 1) * 2 - 1,
  (corner & 2) - 1,
  (corner & 4) / 2 - 1,
]);

/** Two triangles per side, counter-clockwise when seen from outside. */
export const TRIANGLES: readonly (readonly [number, number, number])[] = [
  [0, 4, 6],
  [0, 6, 2],
  [1, 3, 7],
  [1, 7, 5],
  [0, 1, 5],
  [0, 5, 4],
  [2, 6, 7],
  [2, 7, 3],
  [0, 2, 3],
  [0, 3, 1],
  [4, 5, 7],
  [4, 7, 6],
];

/** The colour of each corner: its position as red, green and blue. */
export const COLORS: readonly (readonly [number, number, number])[] = CORNERS.map(([x, y, z]) => [
  (x + 1) * 127,
  (y + 1) * 127,
  (z + 1) * 127,
]);

/** The rotation of the cube at a time in seconds, as a quaternion x, y, z, w. */
export function rotationAt(seconds: number): [number, number, number, number] {
  const half = seconds / 2;
  const axis = [0.36, 0.48, 0.8] as const;
  return [axis[0] * Math.sin(half), axis[1] * Math.sin(half), axis[2] * Math.sin(half), Math.cos(half)];
}
