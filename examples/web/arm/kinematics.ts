// Where the joints of an arm must be for its hand to be somewhere: two bones on a base that turns.

/** A place, with y up. */
export interface Place {
  readonly x: number;
  readonly y: number;
  readonly z: number;
}

/** The angles of the joints, in radians: of the base, the shoulder and the elbow. */
export type Joints = readonly [base: number, shoulder: number, elbow: number];

/** The height of the shoulder, and the lengths of the bones. */
export const SHOULDER_HEIGHT = 0.6;
export const UPPER_ARM = 1.6;
export const FOREARM = 1.4;

/** The joints that bring the hand to a place, with the elbow up. `undefined`: the place is out of reach. */
export function reach({ x, y, z }: Place): Joints | undefined {
  const [along, up] = [Math.hypot(x, z), y - SHOULDER_HEIGHT];
  const distance = Math.hypot(along, up);
  if (distance > UPPER_ARM + FOREARM || distance < UPPER_ARM - FOREARM) return undefined;
  const atShoulder = angleBetween(UPPER_ARM, distance, FOREARM);
  const atElbow = angleBetween(UPPER_ARM, FOREARM, distance);
  return [Math.atan2(-z, x), Math.atan2(up, along) + atShoulder, atElbow - Math.PI];
}

/** Moves joints towards others, each by `step` radians at most. The base turns the shorter way. */
export function approach(from: Joints, to: Joints, step: number): Joints {
  const turn = to[0] - from[0];
  const shorter = turn - 2 * Math.PI * Math.round(turn / (2 * Math.PI));
  const limited = (difference: number): number => Math.max(-step, Math.min(step, difference));
  return [from[0] + limited(shorter), from[1] + limited(to[1] - from[1]), from[2] + limited(to[2] - from[2])];
}

/** The angle between two sides of a triangle, by its three lengths. */
function angleBetween(left: number, right: number, opposite: number): number {
  const cosine = (left ** 2 + right ** 2 - opposite ** 2) / (2 * left * right);
  return Math.acos(Math.max(-1, Math.min(1, cosine)));
}
