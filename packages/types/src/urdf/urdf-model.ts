/** Three numbers. */
export type Triple = readonly [number, number, number];

/** A place in the frame of a link: metres, and roll, pitch and yaw in radians. */
export interface UrdfOrigin {
  readonly xyz: Triple;
  readonly rpy: Triple;
}

/** A shape, in metres. */
export type UrdfGeometry =
  | { readonly shape: "box"; readonly size: Triple }
  | { readonly shape: "cylinder" | "capsule"; readonly radius: number; readonly length: number }
  | { readonly shape: "sphere"; readonly radius: number }
  | { readonly shape: "mesh"; readonly filename: string; readonly scale: Triple | undefined };

/** A shape of a link, for the eye or for collisions. */
export interface UrdfShape {
  readonly name: string | undefined;
  readonly origin: UrdfOrigin;
  readonly geometry: UrdfGeometry;
  /** The colour as fractions in linear light. `undefined` for white. */
  readonly rgba: readonly number[] | undefined;
}

/** A link of a robot. */
export interface UrdfLink {
  readonly name: string;
  readonly visuals: readonly UrdfShape[];
  readonly collisions: readonly UrdfShape[];
}

/** The kinds of motion that URDF distinguishes. */
export type UrdfJointType = "revolute" | "continuous" | "prismatic" | "fixed" | "floating" | "planar" | "spherical";

/** A joint that follows another one: `value = multiplier * value of the other + offset`. */
export interface UrdfMimic {
  /** The name of the other joint. */
  readonly joint: string;
  /** Default 1. */
  readonly multiplier: number;
  /** Default 0. */
  readonly offset: number;
}

/** A joint in the form of the file. */
export interface UrdfJointModel {
  readonly name: string;
  readonly jointType: UrdfJointType;
  readonly parentLink: string;
  readonly childLink: string;
  readonly axis: Triple;
  readonly origin: UrdfOrigin;
  readonly limitLower: number;
  readonly limitUpper: number;
  readonly limitEffort: number;
  readonly limitVelocity: number;
  readonly mimic: UrdfMimic | undefined;
}

/** A robot in the form of the file. */
export interface UrdfModel {
  readonly name: string;
  readonly links: readonly UrdfLink[];
  readonly joints: readonly UrdfJointModel[];
}
