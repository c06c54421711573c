import { checked, outOfRange, problemWith, wrongType } from "@rerun-ts/core/checks";
import type { ControlValue, ValueControl, Vector3 } from "./control-types.ts";

/** The largest distance from a step, as a part of it: people write 0.1 + 0.2. */
const STEP_TOLERANCE = 1e-6;
const COLOR = /^#[0-9a-f]{6}$/i;

/** The part of a control that {@link checkValue} needs. */
export type CheckedControl = Pick<ValueControl, "kind"> & {
  readonly min?: number | undefined;
  readonly max?: number | undefined;
  readonly step?: number | undefined;
  readonly options?: readonly string[] | undefined;
  readonly maxLength?: number | undefined;
  readonly secret?: boolean | undefined;
};

/**
 * Checks a value against the present declaration of its control: the type, the range, the step, the options, the
 * length. Returns the value.
 *
 * @param name the name of the value in messages
 * @throws {TypeError | RangeError} that says what the value must be. The message about a secret omits the value
 */
export function checkValue(name: string, control: CheckedControl, value: unknown): ControlValue {
  return checked(name, () => valueFor(control, value));
}

function valueFor(control: CheckedControl, value: unknown): ControlValue {
  switch (control.kind) {
    case "slider":
    case "number":
      return numberFor(control, value);
    case "vector3":
      if (!Array.isArray(value) || value.length !== 3) throw wrongType("an array of 3 numbers", value);
      return value.map((coordinate) => numberFor(control, coordinate)) as unknown as Vector3;
    case "checkbox":
      if (typeof value !== "boolean") throw wrongType("true or false", value);
      return value;
    case "select":
      if (typeof value !== "string" || control.options?.includes(value) !== true)
        throw wrongType(`one of ${(control.options ?? []).map((option) => JSON.stringify(option)).join(", ")}`, value);
      return value;
    case "color":
      if (typeof value !== "string" || !COLOR.test(value)) throw wrongType("a colour such as #ff8800", value);
      return value.toLowerCase();
    default:
      return textFor(control, value);
  }
}

function numberFor({ min = -Infinity, max = Infinity, step }: CheckedControl, value: unknown): number {
  if (typeof value !== "number" || !Number.isFinite(value)) throw wrongType("a finite number", value);
  if (value < min || value > max) throw outOfRange(describeRange(min, max), value);
  if (step === undefined) return value;
  const start = min === -Infinity ? 0 : min;
  const steps = (value - start) / step;
  if (Math.abs(steps - Math.round(steps)) > Math.max(STEP_TOLERANCE, Math.abs(steps) * Number.EPSILON * 4))
    throw outOfRange(`${start} plus a multiple of ${step}`, value);
  return value;
}

function describeRange(min: number, max: number): string {
  if (max === Infinity) return `a number from ${min} on`;
  return min === -Infinity ? `a number up to ${max}` : `a number from ${min} to ${max}`;
}

function textFor({ maxLength = Infinity, secret = false }: CheckedControl, value: unknown): string {
  if (typeof value === "string" && value.length <= maxLength) return value;
  const expected = maxLength === Infinity ? "a string" : `a string of at most ${maxLength} characters`;
  throw secret ? problemWith(undefined, `must be ${expected}`) : wrongType(expected, value);
}
