import { InvalidValueError } from "@rerun-ts/core/checks";
import { describeData, isComponents } from "../property.ts";

/** Checks that a value is a plain object, whose names are keys. @throws {InvalidValueError} */
export function checkRecord(argument: string, value: unknown, expected: string): void {
  const prototype: unknown = typeof value === "object" && value !== null ? Object.getPrototypeOf(value) : undefined;
  // Objects of other realms have another `Object.prototype`.
  const isPlain = prototype === null || (prototype !== undefined && Object.getPrototypeOf(prototype) === null);
  if (!isPlain || isComponents(value)) throw new InvalidValueError(expected, describeData(value), false, argument);
}
