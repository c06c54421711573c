import type { ArrowDefinition, ArrowField, Definitions, Import } from "./model.ts";
import { fileName } from "./names.ts";

const NUMBERS = ["Int8", "Int16", "Int32", "UInt8", "UInt16", "UInt32", "Float16", "Float32", "Float64"];
/** Lists of a fixed size are tuples up to this size. */
const TUPLE_SIZE = 4;

/** The TypeScript type of one value of an Arrow type when it is read, as the readers of `reading` make it. */
export function valueType(arrow: ArrowDefinition): string {
  const { type } = arrow;
  if (NUMBERS.includes(type)) return "number";
  if (type === "Int64" || type === "UInt64") return "bigint";
  if (type === "Bool") return "boolean";
  if (type === "Utf8") return "string";
  if (type === "Null") return "null";
  if (arrow.type === "List" || arrow.type === "FixedSizeList") {
    if (arrow.item.type === "UInt8") return "Uint8Array";
    const item = nullable(arrow.item);
    if (arrow.type === "FixedSizeList" && arrow.size <= TUPLE_SIZE) {
      return `readonly [${Array.from({ length: arrow.size }, () => item).join(", ")}]`;
    }
    return item.includes(" ") && !item.startsWith("{") ? `readonly (${item})[]` : `readonly ${item}[]`;
  }
  if (arrow.type === "Struct") {
    return `{ ${arrow.fields.map((field) => `readonly ${field.name}: ${nullable(field)}`).join("; ")} }`;
  }
  if (arrow.type === "Union") return [...new Set(arrow.fields.map(valueType))].join(" | ");
  throw new Error(`no type for values of ${JSON.stringify(arrow)}`);
}

function nullable(field: ArrowField): string {
  return field.nullable ? `${valueType(field)} | null` : valueType(field);
}

/** The type of the values of a field, by its component: `alias` is the component in the file of the archetype. */
export function fieldValue(
  component: string,
  alias: string,
  components: Definitions["components"],
): { readonly value: string; readonly valueImports: readonly Import[] } {
  const definition = components.get(component);
  if (definition === undefined) throw new Error(`there is no component ${component}`);
  const { name, arrow, enum: values } = definition;
  if (values !== undefined)
    return { value: name, valueImports: [[`../components/${fileName(name)}.ts`, `type ${name}`]] };
  const value = valueType(arrow);
  if (!value.includes("{") && !value.includes("|")) return { value, valueImports: [] };
  return { value: `ValueOf<typeof ${alias}>`, valueImports: [["../../define/codec.ts", "type ValueOf"]] };
}
