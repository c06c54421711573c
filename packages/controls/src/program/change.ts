import type { ControlValue } from "../declare/control-types.ts";
import type { Outcome, PickMessage, PressPhase } from "../protocol.ts";

/** A change by a person or by the program. */
export interface Change {
  /** The path of the control, `viewer/pick` for a click, or `viewer/key` for a key. */
  readonly name: string;
  /** The new value of a control. Missing for a secret, a press, a click and a key. */
  readonly value?: ControlValue;
  /** Whether a button went down or up. */
  readonly phase?: PressPhase;
  /** The click. */
  readonly pick?: Pick;
  /** The `code` of the key. */
  readonly key?: string;
  /** The name of the token of the panel, `program` for {@link OpenControls.set}, or `start` for first values. */
  readonly by: string;
  /** The id, by which rows and answers belong together. */
  readonly id: string;
  /** The time of its arrival at the program. */
  readonly at: Date;
}

/** A press of a button. */
export interface Press extends Change {
  readonly phase: PressPhase;
}

/** A click in the viewer of the page. */
export interface Pick extends PickMessage {}

/** The end of a change. */
export interface Settled {
  readonly outcome: Exclude<Outcome, "received">;
  readonly message?: string | undefined;
}

/** Receives a change. The change is acknowledged when its promise has settled. */
export type ChangeHandler = (argument: unknown, change: Change) => unknown;
