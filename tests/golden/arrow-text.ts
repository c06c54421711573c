import type { ComponentType } from "@rerun-ts/core";

type ArrowType = ComponentType["arrow"];
type ArrowField = Extract<ArrowType, { type: "List" }>["item"];

/** Types as pyarrow calls them. */
const SIMPLE: Readonly<Record<string, ArrowType>> = {
  null: { type: "Null" },
  bool: { type: "Bool" },
  int8: { type: "Int8" },
  int16: { type: "Int16" },
  int32: { type: "Int32" },
  int64: { type: "Int64" },
  uint8: { type: "UInt8" },
  uint16: { type: "UInt16" },
  uint32: { type: "UInt32" },
  uint64: { type: "UInt64" },
  halffloat: { type: "Float16" },
  float: { type: "Float32" },
  double: { type: "Float64" },
  string: { type: "Utf8" },
  large_string: { type: "LargeUtf8" },
  binary: { type: "Binary" },
  large_binary: { type: "LargeBinary" },
  "timestamp[ns]": { type: "Timestamp" },
  "duration[ns]": { type: "Duration" },
  "date32[day]": { type: "Date32" },
};

/** Reads a type as pyarrow writes it, e.g. `list<item: struct<x: int32, y: string>>`. */
export function parseArrowType(text: string): ArrowType {
  const simple = SIMPLE[text];
  if (simple !== undefined) return simple;
  const [, name, inner = "", size] = /^(list|fixed_size_list|struct)<(.*)>(?:\[(\d+)\])?$/.exec(text) ?? [];
  if (name === undefined) throw new Error(`the Arrow type ${text} is not one that can be written`);
  const fields = splitFields(inner).map(parseField);
  if (name === "struct") return { type: "Struct", fields };
  const item = fields[0] as ArrowField;
  return name === "list" ? { type: "List", item } : { type: "FixedSizeList", size: Number(size), item };
}

/** At the commas that are in no brackets. */
function splitFields(text: string): string[] {
  return text.match(/(?:[^,<[]|<(?:[^<>]|<(?:[^<>]|<[^<>]*>)*>)*>|\[[^\]]*\])+/g) ?? [];
}

function parseField(text: string): ArrowField {
  const [, name = "", type = "", required] = /^\s*([^:]+): (.*?)( not null)?$/.exec(text) ?? [];
  return { name, nullable: required === undefined, type: parseArrowType(type) };
}
