import type { Settled } from "../program/change.ts";
import type { RecordedChange } from "./recorded-changes.ts";

/** The receiver of the changes of a recording. */
export interface ReplayTarget {
  /** The number of connected panels. */
  readonly panels: number;
  /** Whether the controls were closed. */
  readonly isClosed: boolean;
  /** Repeats an action. Settles when the handlers have. */
  act(change: RecordedChange): Promise<Settled>;
}

const targets = new WeakMap<object, ReplayTarget>();

/** Registers the receiver for controls that are open. */
export function setReplayTarget(controls: object, target: ReplayTarget): void {
  targets.set(controls, target);
}

/** The receiver for controls, or `undefined` if `controls` is something else. */
export function replayTargetOf(controls: object): ReplayTarget | undefined {
  return targets.get(controls);
}
