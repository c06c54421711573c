import { argumentError, invalidArgument, type OptionNames } from "@rerun-ts/core/checks";
import { CONTROL_OPTIONS, checkControlOptions, checkNumbers } from "./check-options.ts";
import { checkValue } from "./check-value.ts";
import type {
  NumberControl,
  NumberOptions,
  SliderOptions,
  Vector3,
  Vector3Control,
  Vector3Options,
} from "./control-types.ts";

const NUMBER_OPTIONS: OptionNames<NumberOptions> = { ...CONTROL_OPTIONS, min: 1, max: 1, step: 1, value: 1 };
const VECTOR_OPTIONS: OptionNames<Vector3Options> = NUMBER_OPTIONS;
const RANGE = ["min", "max", "step"] as const;

/**
 * Declares a slider.
 *
 * @example
 * slider({ min: 0, max: 2, step: 0.01, value: 0.5 })
 * @throws {TypeError} if an option is wrong
 */
export function slider(options: SliderOptions): NumberControl {
  checkControlOptions("slider", options, NUMBER_OPTIONS as OptionNames<SliderOptions>);
  for (const name of ["min", "max"] as const)
    if (!Number.isFinite(options?.[name])) throw invalidArgument(name, "a finite number", options?.[name]);
  return numberControl("slider", options);
}

/**
 * Declares a field for a number.
 *
 * @example
 * import { number } from "@rerun-ts/controls";
 *
 * number({ min: 1, step: 1, value: 8, label: "Batch size" })
 * @throws {TypeError} if an option is wrong
 */
export function number(options: NumberOptions = {}): NumberControl {
  checkControlOptions("number", options, NUMBER_OPTIONS);
  return numberControl("number", options);
}

/**
 * Declares three fields for coordinates.
 *
 * @example
 * vector3({ min: -1, max: 1, value: [0, 0, 0.5] })
 * @throws {TypeError} if an option is wrong
 */
export function vector3(options: Vector3Options = {}): Vector3Control {
  checkControlOptions("vector3", options, VECTOR_OPTIONS);
  checkRange(options);
  const start = nearest(options);
  const control: Vector3Control = { ...options, kind: "vector3", value: options.value ?? [start, start, start] };
  return { ...control, value: checkValue("value", control, control.value) as Vector3 };
}

function numberControl(kind: NumberControl["kind"], options: NumberOptions): NumberControl {
  checkRange(options);
  const control: NumberControl = { ...options, kind, value: options.value ?? nearest(options) };
  return { ...control, value: checkValue("value", control, control.value) as number };
}

/** Checks a range and a step. @throws {TypeError} naming the option */
export function checkRange(options: NumberOptions | Vector3Options): void {
  checkNumbers(options, RANGE);
  const { min = -Infinity, max = Infinity, step } = options;
  if (min > max) throw argumentError("min", `\`min\` must be at most \`max\`, got ${min} and ${max}`);
  if (step !== undefined && step <= 0) throw invalidArgument("step", "a positive number", step);
}

/** The allowed value that is nearest to 0. */
function nearest({ min = -Infinity, max = Infinity, step }: NumberOptions | Vector3Options): number {
  if (min > 0 || step === undefined || min === -Infinity) return Math.min(Math.max(0, min), max);
  return min + Math.floor((Math.min(0, max) - min) / step) * step;
}
