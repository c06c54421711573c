import { RerunError } from "@rerun-ts/core";
import { parseExactJson, stringifyExactJson } from "@rerun-ts/core/rrd";
import type { MessageColumn } from "../columns/message-column.ts";
import { BoolColumn, BytesColumn } from "../columns/leaf-columns.ts";
import type { MessageColumns } from "../columns/message-columns.ts";
import { ListColumn, StructColumn } from "../columns/nested-columns.ts";
import { NumberColumn } from "../columns/number-column.ts";
import { JsonSchemas, type JsonSchema } from "./json-schema.ts";

/** State of the readers of a schema. */
interface Compilation {
  columns: number;
  readonly schemas: JsonSchemas;
  /** The properties that were reported. */
  readonly leftOut: Set<string>;
  readonly onLoss: (reason: string) => void;
}

/** Appends a value that is not null to its column. */
interface ValueReader {
  readonly column: MessageColumn;
  append(value: unknown, path: string): void;
}

/** The maximum depth of columns. Deeper values become JSON text. */
const MAX_DEPTH = 32;
const MAX_COLUMNS = 10_000;
const MAX_LEFT_OUT = 100;
const decoder = new TextDecoder("utf-8", { fatal: true });

/**
 * Columns for JSON messages: a struct with the properties of the schema. Values without a type are JSON text, and
 * properties that the schema does not describe are left out.
 *
 * @param onLoss receives each property that is left out, once
 * @throws {RerunError} `UNSUPPORTED` if the schema is none for objects
 */
export function jsonColumns(schema: Uint8Array | undefined, onLoss: (reason: string) => void): MessageColumns {
  const root = schema === undefined || schema.byteLength === 0 ? {} : parseSchema(schema);
  const schemas = new JsonSchemas(root);
  const { schema: parsed, references } = schemas.plain(root, new Set());
  const { properties } = parsed;
  if (!hasProperties(properties)) return untypedColumns();
  const reader = structReader(properties, references, 0, { columns: 0, schemas, leftOut: new Set(), onLoss });
  const push = (bytes: Uint8Array, start: number, end: number): void => {
    const value: unknown = parseJson(bytes.subarray(start, end));
    if (value === null || value === undefined) throw wrongValue("", "an object", value);
    reader.append(value, "");
  };
  return { rows: reader.column, push };
}

/** Messages without a schema: their JSON. */
function untypedColumns(): MessageColumns {
  const json = new BytesColumn(true);
  const rows = new StructColumn([{ name: "json", column: json }]);
  const push = (bytes: Uint8Array, start: number, end: number): void => {
    parseJson(bytes.subarray(start, end));
    json.pushBytes(bytes, start, end);
    rows.end();
  };
  return { rows, push };
}

function parseSchema(bytes: Uint8Array): JsonSchema {
  try {
    return JSON.parse(decoder.decode(bytes)) as JsonSchema;
  } catch (error) {
    throw new RerunError("UNSUPPORTED", "the schema is not a JSON schema", { cause: error });
  }
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return parseExactJson(decoder.decode(bytes));
  } catch (error) {
    throw new RerunError("INVALID_FORMAT", "the message is not JSON", { cause: error });
  }
}

type Properties = NonNullable<JsonSchema["properties"]>;

function hasProperties(properties: JsonSchema["properties"]): properties is Properties {
  return typeof properties === "object" && properties !== null && Object.keys(properties).length > 0;
}

/** @param references those that lead to the schema with these properties */
function structReader(
  properties: Properties,
  references: ReadonlySet<string>,
  depth: number,
  count: Compilation,
): ValueReader & { readonly column: StructColumn } {
  const fields = Object.entries(properties).map(([name, schema]) => {
    if (++count.columns > MAX_COLUMNS)
      throw new RerunError("UNSUPPORTED", `the message has more than ${MAX_COLUMNS} fields`);
    return { name, reader: valueReader(schema, references, depth + 1, count) };
  });
  const column = new StructColumn(
    fields.map(({ name, reader }) => ({ name, column: reader.column, isNullable: true })),
  );
  const append = (value: unknown, path: string): void => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) throw wrongValue(path, "an object", value);
    for (const { name, reader } of fields) {
      const own = Object.hasOwn(value, name) ? (value as Readonly<Record<string, unknown>>)[name] : undefined;
      if (own === undefined || own === null) reader.column.pushNull();
      else reader.append(own, `${path}.${name}`);
    }
    for (const name of Object.keys(value)) if (!Object.hasOwn(properties, name)) leaveOut(`${path}.${name}`, count);
    column.end();
  };
  return { column, append };
}

function leaveOut(path: string, { leftOut, onLoss }: Compilation): void {
  if (leftOut.has(path) || leftOut.size >= MAX_LEFT_OUT) return;
  leftOut.add(path);
  onLoss(`the schema does not describe the property ${path}, which is left out`);
}

function valueReader(
  described: JsonSchema,
  around: ReadonlySet<string>,
  depth: number,
  count: Compilation,
): ValueReader {
  if (depth > MAX_DEPTH) return textReader();
  const { schema, type, references } = count.schemas.plain(described, around);
  switch (type) {
    case "object":
      return hasProperties(schema.properties)
        ? structReader(schema.properties, references, depth, count)
        : textReader();
    case "array":
      return schema.items === undefined
        ? textReader()
        : listReader(valueReader(schema.items, references, depth + 1, count));
    case "string":
      return schema.contentEncoding === "base64" ? base64Reader() : stringReader();
    case "number":
    case "integer":
      return numberReader(type === "integer");
    case "boolean":
      return booleanReader();
    default:
      return textReader();
  }
}

function listReader(item: ValueReader): ValueReader {
  const column = new ListColumn<MessageColumn>(item.column, true);
  const append = (value: unknown, path: string): void => {
    if (!Array.isArray(value)) throw wrongValue(path, "an array", value);
    for (const one of value as unknown[]) {
      if (one === null) item.column.pushNull();
      else item.append(one, `${path}[]`);
    }
    column.end();
  };
  return { column, append };
}

function numberReader(isInteger: boolean): ValueReader {
  const column = new NumberColumn(isInteger ? "int64" : "float64");
  const append = (value: unknown, path: string): void => {
    if (typeof value !== "number" && typeof value !== "bigint") throw wrongValue(path, "a number", value);
    if (isInteger) column.push(integerOf(value, path));
    else column.push(Number(value));
  };
  return { column, append };
}

/** An integer of 64 bits. */
function integerOf(value: number | bigint, path: string): bigint {
  if (typeof value === "number" && !Number.isInteger(value)) throw wrongValue(path, "an integer", value);
  const integer = BigInt(value);
  // A column would keep the lower bits of another one.
  if (integer !== BigInt.asIntN(64, integer)) throw wrongValue(path, "an integer of 64 bits", value);
  return integer;
}

function booleanReader(): ValueReader {
  const column = new BoolColumn();
  const append = (value: unknown, path: string): void => {
    if (typeof value !== "boolean") throw wrongValue(path, "true or false", value);
    column.push(value);
  };
  return { column, append };
}

function stringReader(): ValueReader {
  const column = new BytesColumn(true);
  const append = (value: unknown, path: string): void => {
    if (typeof value !== "string") throw wrongValue(path, "a string", value);
    column.pushText(value);
  };
  return { column, append };
}

function base64Reader(): ValueReader {
  const column = new BytesColumn(false);
  const append = (value: unknown, path: string): void => {
    if (typeof value !== "string") throw wrongValue(path, "a string of base64", value);
    let text: string;
    try {
      text = atob(value);
    } catch {
      throw new RerunError("INVALID_FORMAT", `${path} is not base64`);
    }
    const bytes = new Uint8Array(text.length);
    for (let index = 0; index < text.length; index++) bytes[index] = text.charCodeAt(index);
    column.pushBytes(bytes);
  };
  return { column, append };
}

/** Values of any type, as JSON. */
function textReader(): ValueReader {
  const column = new BytesColumn(true);
  return { column, append: (value) => column.pushText(stringifyExactJson(value)) };
}

function wrongValue(path: string, expected: string, value: unknown): RerunError {
  const text = stringifyExactJson(value).slice(0, 40);
  return new RerunError("INVALID_FORMAT", `${path === "" ? "the message" : path} must be ${expected}, got ${text}`);
}
