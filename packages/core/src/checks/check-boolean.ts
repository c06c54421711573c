import { invalidArgument } from "./invalid-value-error.ts";

/** Returns `value` if it is a boolean. @throws {TypeError} naming `argument` otherwise */
export function checkBoolean(argument: string, value: boolean): boolean {
  if (typeof value !== "boolean") throw invalidArgument(argument, "true or false", value);
  return value;
}
