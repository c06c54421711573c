import { argumentError } from "@rerun-ts/core/checks";
import { checkValue, type CheckedControl } from "../declare/check-value.ts";
import type { ControlValue, ValueControl } from "../declare/control-types.ts";
import type { FlatControl } from "../declare/flatten.ts";
import type { Declaration, DeclarationUpdate } from "../protocol.ts";
import type { ChangeHandler } from "./change.ts";

/** A control of a program: its present declaration and value, and its handlers. */
export class ControlState {
  readonly handlers: Set<ChangeHandler> = new Set();
  #declaration: Declaration;
  #value: ControlValue | undefined;

  constructor({ declaration, value }: FlatControl) {
    this.#declaration = declaration;
    this.#value = declaration.secret === true ? undefined : value;
  }

  get name(): string {
    return this.#declaration.name;
  }

  get declaration(): Declaration {
    return this.#declaration;
  }

  /** The present value. `undefined` for buttons, folders and secrets. */
  get value(): ControlValue | undefined {
    return this.#value;
  }

  get isSecret(): boolean {
    return this.#declaration.secret === true;
  }

  /** Whether the control has a value. */
  get hasValue(): boolean {
    const { kind } = this.#declaration;
    return kind !== "button" && kind !== "folder";
  }

  /** Checks a value against the present declaration, and returns it. @throws {TypeError | RangeError} if it is wrong */
  check(value: unknown): ControlValue {
    if (!this.hasValue) throw argumentError(this.name, `\`${this.name}\` has no value`);
    return checkValue(this.name, this.#declaration as CheckedControl & { kind: ValueControl["kind"] }, value);
  }

  /** Keeps a checked value, unless it is secret. */
  keep(value: ControlValue): void {
    if (!this.isSecret) this.#value = value;
  }

  /** Changes the declaration. Returns whether the present value still fits. */
  update(change: DeclarationUpdate): boolean {
    const declaration = { ...this.#declaration };
    for (const [name, value] of Object.entries(change)) {
      if (value === undefined || value === null) delete (declaration as Record<string, unknown>)[name];
      else (declaration as Record<string, unknown>)[name] = value;
    }
    this.#declaration = declaration;
    if (this.#value === undefined) return true;
    try {
      this.check(this.#value);
      return true;
    } catch {
      return false;
    }
  }
}
