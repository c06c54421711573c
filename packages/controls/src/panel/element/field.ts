import type { ControlValue } from "../../declare/control-types.ts";
import type { Declaration } from "../../protocol.ts";
import type { ControlNote } from "../client/panel-state.ts";

/** The state that a field shows. */
export interface FieldView {
  readonly declaration: Declaration;
  readonly value: ControlValue | undefined;
  readonly note: ControlNote | undefined;
  /** Whether people can use the control. */
  readonly isUsable: boolean;
}

/** The actions of people on a field. */
export interface FieldActions {
  readonly set: (value: ControlValue) => void;
  readonly press: (isConfirmed: boolean) => void;
  /** Returns a function that releases the button. */
  readonly hold: () => () => void;
}

/** The part of a field that differs from kind to kind. */
export interface FieldControl {
  /** The element that the label names. */
  readonly main: HTMLElement;
  /** The element beside the label, if it is more than `main`. */
  readonly body?: HTMLElement;
  /** Whether the label is inside `main`, as that of a button. */
  readonly hasOwnLabel?: boolean;
  update(view: FieldView): void;
  /** The key of a button went down or up. */
  readonly onKey?: (isDown: boolean) => void;
}

/** The text that names a control. */
export function labelOfControl({ label, name }: Declaration): string {
  return label ?? name.slice(name.lastIndexOf("/") + 1);
}
