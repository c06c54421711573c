import type { ArrowField, ArrowType } from "@rerun-ts/core/encode";
import { DataType, Precision, TimeUnit, type Field } from "apache-arrow";

/** Deeper types are left to the reader of schemas, which has a limit. */
const MAX_DEPTH = 16;

/** A field as the encoder has it. `undefined` for types without a name in the encoder, such as dictionaries. */
export function arrowField({ name, nullable, type, metadata }: Field, depth = 0): ArrowField | undefined {
  const converted = depth > MAX_DEPTH ? undefined : arrowType(type as DataType, depth);
  if (converted === undefined) return undefined;
  return { name, nullable, type: converted, metadata: metadata.size === 0 ? undefined : [...metadata] };
}

function arrowType(type: DataType, depth: number): ArrowType | undefined {
  if (DataType.isInt(type)) return { type: `${type.isSigned ? "Int" : "UInt"}${type.bitWidth}` };
  if (DataType.isFloat(type)) return { type: FLOATS[type.precision] };
  if (DataType.isUtf8(type)) return { type: "Utf8" };
  if (DataType.isBinary(type)) return { type: "Binary" };
  if (DataType.isBool(type)) return { type: "Bool" };
  if (DataType.isTimestamp(type))
    return type.unit === TimeUnit.NANOSECOND && (type.timezone ?? "") === "" ? { type: "Timestamp" } : undefined;
  if (DataType.isDuration(type)) return type.unit === TimeUnit.NANOSECOND ? { type: "Duration" } : undefined;
  if (DataType.isFixedSizeBinary(type)) return { type: "FixedSizeBinary", size: type.byteWidth };
  if (DataType.isStruct(type)) {
    const fields = type.children.map((child) => arrowField(child, depth + 1));
    return fields.every((field) => field !== undefined) ? { type: "Struct", fields } : undefined;
  }
  if (!DataType.isList(type) && !DataType.isFixedSizeList(type)) return undefined;
  const item = arrowField(type.children[0] as Field, depth + 1);
  if (item === undefined) return undefined;
  return DataType.isList(type) ? { type: "List", item } : { type: "FixedSizeList", size: type.listSize, item };
}

const FLOATS = {
  [Precision.HALF]: "Float16",
  [Precision.SINGLE]: "Float32",
  [Precision.DOUBLE]: "Float64",
} as const;
