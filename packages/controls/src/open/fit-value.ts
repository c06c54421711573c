import type { ControlValue } from "../declare/control-types.ts";
import type { Declaration } from "../protocol.ts";

/** The value of a changed declaration that is nearest to a value: in the range and on a step, or the first option. */
export function fitValue(declaration: Declaration, value: ControlValue): ControlValue {
  if (typeof value === "number") return fitNumber(declaration, value);
  if (typeof value === "object")
    return [fitNumber(declaration, value[0]), fitNumber(declaration, value[1]), fitNumber(declaration, value[2])];
  return declaration.options?.[0] ?? value;
}

function fitNumber({ min = -Infinity, max = Infinity, step }: Declaration, value: number): number {
  const inside = Math.min(Math.max(value, min), max);
  if (step === undefined) return inside;
  const start = min === -Infinity ? 0 : min;
  const steps = (inside - start) / step;
  const nearest = start + Math.round(steps) * step;
  return nearest > max ? start + Math.floor(steps) * step : nearest;
}
