import type { FlatBufferWriter } from "./flatbuffer.ts";

/** A fixed-width Arrow type. */
export interface PrimitiveType {
  readonly type:
    | "Int8"
    | "Int16"
    | "Int32"
    | "Int64"
    | "UInt8"
    | "UInt16"
    | "UInt32"
    | "UInt64"
    | "Float16"
    | "Float32"
    | "Float64"
    | "Timestamp"
    | "Duration"
    | "Date32";
}

/**
 * An Arrow type without a name here, such as a dictionary or a decimal. The type writes itself: programs without such
 * types do not load the code for them.
 */
export interface OpaqueType {
  /** Different for different types. */
  readonly type: `opaque ${string}`;
  /** Writes a field of this type into a schema, without metadata. @internal */
  readonly write: WriteField;
}

/** Writes a field. @param from the position of the reference to the field */
type WriteField = (out: FlatBufferWriter, from: number, field: Pick<ArrowField, "name" | "nullable">) => void;

/**
 * The Arrow types that a chunk may hold. `Timestamp` and `Duration` are in nanoseconds, without time zone. `Date32` is
 * in days since 1970. Unions are dense. All other types are opaque types: see `vectorBatch` of `@rerun-ts/reading`.
 */
export type ArrowType =
  | PrimitiveType
  | { readonly type: "Null" | "Bool" | "Utf8" | "LargeUtf8" | "Binary" | "LargeBinary" }
  | { readonly type: "FixedSizeBinary"; readonly size: number }
  | { readonly type: "List"; readonly item: ArrowField }
  | { readonly type: "FixedSizeList"; readonly size: number; readonly item: ArrowField }
  | { readonly type: "Struct"; readonly fields: readonly ArrowField[] }
  | { readonly type: "Union"; readonly typeIds: readonly number[]; readonly fields: readonly ArrowField[] }
  | OpaqueType;

/** The metadata of a field or a schema: pairs of strings, in order. */
export type ArrowMetadata = readonly (readonly [key: string, value: string])[];

/** A field of an Arrow schema, struct or union, or the item of a list. */
export interface ArrowField {
  /** The name of the field, which is unique within a struct. */
  readonly name: string;
  /** Whether values may be null. */
  readonly nullable: boolean;
  /** The type of the values. */
  readonly type: ArrowType;
  /** Pairs of strings beside the field. */
  readonly metadata?: ArrowMetadata | undefined;
}

/** The width of a fixed-width type in bytes. */
export const PRIMITIVE_WIDTHS: Readonly<Record<PrimitiveType["type"], number>> = {
  Int8: 1,
  Int16: 2,
  Int32: 4,
  Int64: 8,
  UInt8: 1,
  UInt16: 2,
  UInt32: 4,
  UInt64: 8,
  Float16: 2,
  Float32: 4,
  Float64: 8,
  Timestamp: 8,
  Duration: 8,
  Date32: 4,
};

/** The type of a list of instances: the type of a component's column. */
export function listOf(item: ArrowType): ArrowType {
  return { type: "List", item: { name: "item", nullable: true, type: item } };
}

/** A string that is equal for equal types only. */
export function arrowTypeKey(type: ArrowType): string {
  switch (type.type) {
    case "FixedSizeBinary":
      return `B${type.size}`;
    case "List":
      return `[${fieldKey(type.item)}]`;
    case "FixedSizeList":
      return `${type.size}[${fieldKey(type.item)}]`;
    case "Struct":
      return `{${type.fields.map(fieldKey).join(",")}}`;
    case "Union":
      return `<${type.typeIds.join()}:${type.fields.map(fieldKey).join(",")}>`;
    default:
      return type.type;
  }
}

/** The child fields of a type. Opaque types have none here. */
export function childrenOf(type: ArrowType): readonly ArrowField[] {
  if ("item" in type) return [type.item];
  return "fields" in type ? type.fields : [];
}

/** A string that is equal for equal fields only. */
export function fieldKey(field: ArrowField): string {
  const metadata = field.metadata === undefined ? "" : JSON.stringify(field.metadata);
  return `${JSON.stringify(field.name)}${field.nullable ? "?" : ""}${arrowTypeKey(field.type)}${metadata}`;
}
