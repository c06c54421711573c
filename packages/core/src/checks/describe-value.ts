import { describeOtherVersion, otherVersionOf } from "./brand.ts";

/** Longer strings are described by their length. */
const MAX_STRING = 40;

/** A short description of a value for "got …" in messages: small values literally, others by type and size. */
export function describeValue(value: unknown): string {
  switch (typeof value) {
    case "undefined":
    case "boolean":
      return String(value);
    case "string":
      return value.length <= MAX_STRING ? JSON.stringify(value) : `a string of length ${value.length}`;
    case "number":
      return Object.is(value, -0) ? "-0" : String(value);
    case "bigint":
      return `${value}n`;
    case "symbol":
      return "a symbol";
    case "function":
      return value.name === "" ? "a function" : `function ${value.name}`;
    default:
      return value === null ? "null" : describeSafely(value as object);
  }
}

function describeSafely(value: object): string {
  try {
    return describeObject(value);
  } catch {
    // A getter has thrown, such as those of a typed array in a proxy.
    return className(value);
  }
}

function describeObject(value: object): string {
  const name = className(value);
  const version = otherVersionOf(value);
  if (version !== undefined) return `${name}, ${describeOtherVersion(version)}`;
  if (Array.isArray(value)) {
    return value.length === 0
      ? "an empty array"
      : `${describeItem(value)} starting with ${describeItem(value[0] as unknown)}`;
  }
  if (ArrayBuffer.isView(value) && "length" in value) return `${name} of length ${String(value.length)}`;
  if ("byteLength" in value && typeof value.byteLength === "number") return `${name} of ${value.byteLength} bytes`;
  if (name !== "Object") return name;
  const keys = Object.keys(value);
  return keys.length === 0
    ? "an empty object"
    : `an object with ${keys.slice(0, 6).join(", ")}${keys.length > 6 ? ", …" : ""}`;
}

function describeItem(value: unknown): string {
  return Array.isArray(value) ? `an array of length ${value.length}` : describeValue(value);
}

/** The name of an object's class, also for objects of other realms. */
export function className(value: object): string {
  const constructor: unknown = (value as { constructor?: unknown }).constructor;
  if (typeof constructor === "function" && constructor.name !== "") return constructor.name;
  return Object.prototype.toString.call(value).slice(8, -1);
}
