import type { ControlValue } from "../../declare/control-types.ts";
import type { Declaration, OfferedProgram, Outcome } from "../../protocol.ts";

/**
 * The result of the last change or press of a control: an {@link Outcome}, or `sent` before an answer, `unsent` if it
 * never left the panel, `unknown` if the connection ended before the answer, or `released` if it ended while the button
 * was held.
 */
export type NoteOutcome = Outcome | "sent" | "unsent" | "unknown" | "released";

/** The result of the last use of a control, as a panel shows it. */
export interface ControlNote {
  readonly outcome: NoteOutcome;
  /** The reason, if it was refused or has failed. */
  readonly message?: string | undefined;
}

/** A program as its panel shows it. */
export interface PanelProgram extends Omit<OfferedProgram, "holder"> {
  /** Whether the program was here and is gone. */
  readonly isGone: boolean;
  /** Whether the program has answered nothing for two seconds. */
  readonly isSilent: boolean;
  /** Who controls an exclusive program. `"anyone"`: the next one who acts, or the program is not exclusive. */
  readonly control: "anyone" | "us" | "others";
  /** The values that people of this panel have set, which the program has not yet answered, by name. */
  readonly pending: Readonly<Record<string, ControlValue>>;
  /** The result of the last use of each control, by name. */
  readonly notes: Readonly<Record<string, ControlNote>>;
}

/** All that a panel shows. A new object after each change. */
export interface PanelState {
  readonly connection: "connecting" | "connected" | "disconnected" | "closed";
  /** The reason that the relay gave for its last refusal. */
  readonly problem?: string | undefined;
  /** The name of the token. */
  readonly by?: string | undefined;
  readonly programs: readonly PanelProgram[];
}

/** The value to show of a control: what was set here, or else what the program has. */
export function shownValue(program: PanelProgram, name: string): ControlValue | undefined {
  return program.pending[name] ?? program.values[name];
}

/** Whether people can use a control at present. */
export function isUsable(state: PanelState, program: PanelProgram, declaration: Declaration): boolean {
  return (
    state.connection !== "closed" && !program.isGone && program.control !== "others" && declaration.disabled !== true
  );
}
