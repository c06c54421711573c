import { InvalidValueError, checked, wrongType, throughProxies } from "@rerun-ts/core/checks";
import type { ComponentColumnList } from "@rerun-ts/core";
import { Transform3D } from "../gen/archetypes.ts";
import { fromAxis, fromRpy, multiply, rotate, type Quaternion } from "./rotate.ts";
import type { Triple, UrdfJointModel, UrdfJointType, UrdfMimic } from "./urdf-model.ts";

/** The frame of a joint's child link, relative to the frame of its parent link. */
export interface UrdfJointPose {
  /** In metres. */
  readonly translation: Triple;
  /** x, y, z, w. */
  readonly quaternion: Quaternion;
}

/** A joint of a robot. Lengths are in metres, angles in radians. */
export class UrdfJoint {
  /** The name, which is unique within the robot. */
  readonly name: string;
  /** The kind of motion that the joint allows. */
  readonly jointType: UrdfJointType;
  /** The name of its parent link. */
  readonly parentLink: string;
  /** The name of its child link. */
  readonly childLink: string;
  /** The axis of its rotation or motion. */
  readonly axis: Triple;
  /** Its position in the frame of the parent link. */
  readonly originXyz: Triple;
  /** Its orientation in the frame of the parent link: roll, pitch, yaw. */
  readonly originRpy: Triple;
  /** The least value, or 0 if the file has no limits. */
  readonly limitLower: number;
  /** The greatest value, or 0 if the file has no limits. */
  readonly limitUpper: number;
  /** The greatest force in newtons, or torque in newton metres. */
  readonly limitEffort: number;
  /** The greatest speed, in metres or radians per second. */
  readonly limitVelocity: number;
  /** The joint that it mimics, if any. */
  readonly mimic: UrdfMimic | undefined;
  readonly #framePrefix: string;
  readonly #orientation: Quaternion;

  /** @internal Created by `UrdfTree`. */
  constructor({ origin, ...model }: UrdfJointModel, framePrefix: string) {
    throughProxies(this);
    this.name = model.name;
    this.jointType = model.jointType;
    this.parentLink = model.parentLink;
    this.childLink = model.childLink;
    this.axis = model.axis;
    this.originXyz = origin.xyz;
    this.originRpy = origin.rpy;
    this.limitLower = model.limitLower;
    this.limitUpper = model.limitUpper;
    this.limitEffort = model.limitEffort;
    this.limitVelocity = model.limitVelocity;
    this.mimic = model.mimic;
    this.#framePrefix = framePrefix;
    this.#orientation = fromRpy(origin.rpy);
  }

  /** A value within the limits, which revolute and prismatic joints have. */
  clamp(value: number): number {
    const isLimited = this.jointType === "revolute" || this.jointType === "prismatic";
    return isLimited ? Math.min(this.limitUpper, Math.max(this.limitLower, value)) : value;
  }

  /**
   * The pose at a value: an angle, or the distance of a prismatic joint. Fixed joints ignore it. Values outside the
   * limits are not changed. See {@link UrdfJoint.clamp}.
   *
   * @throws {TypeError} if `value` is not a finite number, or the joint is floating, planar or spherical
   */
  computePose(value: number): UrdfJointPose {
    checked(this.name, () => this.check(value));
    const [x, y, z] = this.originXyz;
    switch (this.jointType) {
      case "fixed":
        return { translation: this.originXyz, quaternion: this.#orientation };
      case "prismatic": {
        const [dx, dy, dz] = rotate(this.#orientation, this.axis);
        const translation: Triple = [x + dx * value, y + dy * value, z + dz * value];
        return { translation, quaternion: this.#orientation };
      }
      default:
        return {
          translation: this.originXyz,
          quaternion: multiply(this.#orientation, fromAxis(this.axis, value)),
        };
    }
  }

  /** @internal Throws `InvalidValueError` if the joint cannot be moved to `value`. */
  check(value: unknown): void {
    const type = this.jointType;
    if (type === "floating" || type === "planar" || type === "spherical")
      throw new InvalidValueError("the value of a joint that has one", `one of a joint that is ${type}`, false);
    if (typeof value === "number" && Number.isFinite(value)) return;
    throw wrongType(`a finite number, in ${type === "prismatic" ? "metres" : "radians"}`, value);
  }

  /**
   * The transform at a value, to be logged to any entity: it has the names of both frames.
   *
   * @throws {TypeError} as {@link UrdfJoint.computePose} does
   * @example
   * rec.log("tf", joint.computeTransform(joint.clamp(0.4)));
   */
  computeTransform(value: number): Transform3D {
    return new Transform3D({ ...this.computePose(value), ...this.frames });
  }

  /**
   * The transforms at many values, to be sent to any entity with `sendColumns`.
   *
   * @throws {TypeError} as {@link UrdfJoint.computePose} does
   * @example
   * rec.sendColumns("tf", rr.TimeColumn.sequence("frame", [0, 1, 2]), joint.computeTransformColumns([0, 0.1, 0.2]));
   */
  computeTransformColumns(values: ArrayLike<number>): ComponentColumnList {
    const poses = Array.from(values, (value) => this.computePose(value));
    const { parentFrame, childFrame } = this.frames;
    return Transform3D.columns({
      translation: poses.map(({ translation }) => translation),
      quaternion: poses.map(({ quaternion }) => quaternion),
      parentFrame: poses.map(() => parentFrame),
      childFrame: poses.map(() => childFrame),
    });
  }

  /** The names of the frames of both links. */
  get frames(): { readonly parentFrame: string; readonly childFrame: string } {
    return { parentFrame: this.#framePrefix + this.parentLink, childFrame: this.#framePrefix + this.childLink };
  }

  /** The pose at the value 0, for every type of joint. */
  get originPose(): UrdfJointPose {
    return { translation: this.originXyz, quaternion: this.#orientation };
  }
}
