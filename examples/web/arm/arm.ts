// The arm: it moves a little in each frame until its hand is at the target.
import { approach, reach, type Joints, type Place } from "./kinematics.ts";

const REST: Joints = [0, 2, -2];
/** The distance of joints, in radians, at which they have arrived. */
const NEAR = 1e-6;

/** An arm with a target. */
export class Arm {
  #joints = REST;
  #target = REST;
  #onEnd: (() => void) | undefined;

  get joints(): Joints {
    return this.#joints;
  }

  /** Moves the hand to a place. Settles when it is there, or has another target. Rejects if it is out of reach. */
  goTo(place: Place): Promise<void> {
    const joints = reach(place);
    if (joints === undefined) return Promise.reject(new Error("out of reach"));
    return this.#start(joints);
  }

  /** Moves the arm to where it was at the start. */
  rest(): Promise<void> {
    return this.#start(REST);
  }

  /** Leaves the arm where it is. */
  stop(): void {
    void this.#start(this.#joints);
  }

  /** Moves each joint by `step` radians at most. */
  move(step: number): void {
    this.#joints = approach(this.#joints, this.#target, step);
    const next = approach(this.#joints, this.#target, Infinity);
    if (next.every((angle, joint) => Math.abs(angle - (this.#joints[joint] ?? NaN)) < NEAR)) this.#onEnd?.();
  }

  #start(target: Joints): Promise<void> {
    this.#onEnd?.();
    this.#target = target;
    return new Promise((resolve) => (this.#onEnd = resolve));
  }
}
