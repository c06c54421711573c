import type { ComponentType } from "@rerun-ts/core";
import { camelCase } from "@rerun-ts/test-support/node/definitions";
import type { BuiltInField } from "./components.ts";

type ArrowType = ComponentType["arrow"];

/** Values that are stored in a form that our archetypes do not take, or would take for something else. */
const FORMS: Readonly<Record<string, (instances: readonly never[]) => unknown>> = {
  // Three small packed colours would be one colour of three bytes.
  "rerun.encodings.Rgba32": (colors: readonly number[]) => Uint32Array.from(colors),
  "rerun.encodings.Mat3x3": (matrices: readonly number[][]) => matrices.map((columns) => ({ columns })),
  "rerun.encodings.ViewCoordinates": one,
  "rerun.encodings.TensorData": (tensors: readonly StoredTensor[]) => tensors.map(toTensor),
  "rerun.components.AnnotationContext": (contexts: readonly StoredClass[][]) => one(contexts.map(toClasses)),
};

interface StoredTensor {
  readonly shape: readonly bigint[];
  readonly names: readonly string[] | null;
  readonly buffer: Readonly<Record<string, unknown>>;
}

interface StoredClass {
  readonly classId: number;
  readonly classDescription: { readonly info: { readonly id: number } };
}

/** Stored instances of a field as the field takes them. */
export function toFieldValues({ component, encoding }: BuiltInField, instances: readonly unknown[]): unknown {
  const values = instances.map((instance) => fromJson(instance, component.arrow, camelCase));
  return FORMS[encoding]?.(values as never[]) ?? values;
}

/** A value as JSON holds it, as values of its Arrow type are written in JavaScript, with keys as `keyOf` calls them. */
export function fromJson(value: unknown, type: ArrowType, keyOf: (name: string) => string): unknown {
  if (value === null) return null;
  switch (type.type) {
    case "Float16":
    case "Float32":
    case "Float64":
      return typeof value === "string" ? toSpecialNumber(value) : value;
    case "Int64":
    case "UInt64":
    case "Timestamp":
    case "Duration":
      return BigInt(value as number | string);
    case "Binary":
    case "LargeBinary":
      return toBytes(value as StoredBytes);
    case "List":
    case "FixedSizeList":
      return fromList(value as readonly unknown[], type.item.type, keyOf);
    case "Struct":
      return Object.fromEntries(
        type.fields.map((field) => [
          keyOf(field.name),
          fromJson((value as Readonly<Record<string, unknown>>)[field.name], field.type, keyOf),
        ]),
      );
    case "Union": {
      const [variant, inner] = Object.entries(value as object)[0] as [string, unknown];
      const field = type.fields.find(({ name }) => name === variant);
      if (field === undefined) return undefined;
      // Both of a time boundary's variants without a value are null in Python, where the first of them gets its name.
      if (type.fields.some(({ name }) => name === "Infinite") && inner === null) return "infinite";
      return { [keyOf === camelCase ? lowerFirst(variant) : variant]: fromJson(inner, field.type, keyOf) };
    }
    default:
      return value;
  }
}

function fromList(values: readonly unknown[], item: ArrowType, keyOf: (name: string) => string): unknown {
  if (item.type === "UInt8") return Uint8Array.from(values as readonly number[]);
  return values.map((value) => fromJson(value, item, keyOf));
}

function toSpecialNumber(text: string): number {
  const special: Readonly<Record<string, number>> = { nan: NaN, inf: Infinity, "-inf": -Infinity };
  const number = special[text];
  if (number === undefined) throw new Error(`${text} is no number`);
  return number;
}

interface StoredBytes {
  readonly bytes: number;
  readonly hex: string;
}

function toBytes({ bytes, hex }: StoredBytes): Uint8Array {
  if (hex.length !== bytes * 2) throw new Error(`only the beginning of ${bytes} bytes is known`);
  return Uint8Array.from(Buffer.from(hex, "hex"));
}

function toTensor({ shape, names, buffer }: StoredTensor): unknown {
  const [[elementType, data] = []] = Object.entries(buffer);
  return { data, shape, elementType, dimNames: names ?? undefined };
}

/**
 * A context is the list of its classes; an empty list would be no context, a list of one empty list is an empty one.
 */
function toClasses(classes: readonly StoredClass[]): unknown {
  const descriptions = classes.map(({ classId, classDescription }) => {
    if (classId !== classDescription.info.id) throw new Error(`class ${classId} is not the one it says it is`);
    return classDescription;
  });
  return descriptions.length === 0 ? [[]] : descriptions;
}

/** The only instance; `null` if there is no instance. */
function one(instances: readonly unknown[]): unknown {
  if (instances.length > 1) throw new Error(`there are ${instances.length} instances, one can be logged`);
  return instances[0] ?? null;
}

function lowerFirst(name: string): string {
  // The variants of buffers are element types, such as `U8`.
  return /^[A-Z]\d/.test(name) ? name : name.charAt(0).toLowerCase() + name.slice(1);
}
