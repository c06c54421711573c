import { withArguments, type FieldValues } from "./archetype.ts";

/**
 * The fields of a property of a layout, from the arguments of its class: the value of its main field, or an object with
 * all fields. Nothing is checked, as in all constructors of archetypes.
 *
 * @param shorthand the main field
 * @param valueKey a key of objects that are a value of the main field
 */
export function propertyFields(
  shorthand: string,
  value: unknown,
  options: object | undefined,
  valueKey?: string,
): object | undefined {
  if (isFields(value, valueKey)) return options === undefined ? value : { ...value, ...options };
  return value === undefined ? options : withArguments(options, { [shorthand]: value });
}

/** Whether a value is an object with fields, and no value of a field. */
export function isFields(value: unknown, valueKey?: string): value is FieldValues {
  if (typeof value !== "object" || value === null || Symbol.iterator in value) return false;
  return valueKey === undefined || !(valueKey in value);
}
