import { isFields, propertyFields } from "../define/property-fields.ts";
import { BackgroundKind } from "../gen/components/background-kind.ts";

/**
 * The fields of a `Background` from a kind, a colour, or an object with both. As in the native SDKs, a colour without a
 * kind is a solid one, and neither means the dark gradient.
 */
export function backgroundFields(value: unknown, options: object | undefined): object | undefined {
  const fields = propertyFields(isBackgroundKind(value) ? "kind" : "color", value, options, "r") ?? {};
  if (!isFields(fields) || fields["kind"] !== undefined) return fields;
  const { color } = fields;
  if (color === null) return fields;
  return { ...fields, kind: color === undefined ? "GradientDark" : "SolidColor" };
}

function isBackgroundKind(value: unknown): boolean {
  const { values } = BackgroundKind;
  if (typeof value === "number") return Object.values(values).includes(value);
  return typeof value === "string" && Object.keys(values).some((name) => name.toLowerCase() === value.toLowerCase());
}
