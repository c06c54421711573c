import { argumentError, didYouMean, invalidArgument, suggestName } from "@rerun-ts/core/checks";
import {
  DataType,
  makeData,
  vectorFromArray,
  type Data,
  type Field,
  type RecordBatch,
  type Schema,
} from "apache-arrow";
import { batchOf } from "@rerun-ts/reading/chunks";

/** Rows by the names of their columns. Integers of 64 bits may be numbers. A column that is left out is null. */
export type TableColumns = Readonly<Record<string, ArrayLike<unknown>>>;

/**
 * A batch of the columns of a table. Columns that are left out are null.
 *
 * @param title the table in messages
 * @throws {TypeError} if the table lacks a column, or the lengths differ
 */
export function batchOfColumns(schema: Schema, columns: TableColumns, title: string): RecordBatch {
  const names = schema.fields.map(({ name }) => name);
  const [[first, values] = []] = Object.entries(columns);
  if (first === undefined) throw invalidArgument("rows", "an array for at least one column", columns);
  const { length } = arrayOf(first, values);
  for (const [name, all] of Object.entries(columns)) {
    if (!names.includes(name)) {
      const meant = didYouMean(name, suggestName(name, names));
      throw argumentError("rows", `\`rows\` must have columns of ${title} (${names.join(", ")}), got ${meant}`);
    }
    const own = arrayOf(name, all).length;
    if (own === length) continue;
    throw argumentError("rows", `\`rows.${name}\` must have ${length} values as \`rows.${first}\`, got ${own}`);
  }
  const children = schema.fields.map((field) => columnOf(field, columns[field.name], length));
  return batchOf(schema, length, children);
}

function arrayOf(name: string, values: unknown): ArrayLike<unknown> {
  if (Array.isArray(values) || (ArrayBuffer.isView(values) && "length" in values)) return values as ArrayLike<unknown>;
  throw invalidArgument(`rows.${name}`, "an array of values", values);
}

function columnOf({ name, type, nullable }: Field, values: ArrayLike<unknown> | undefined, length: number): Data {
  if (values === undefined && !nullable) throw argumentError("rows", `\`rows\` must have the column ${name}`);
  const all = Array.from(values ?? { length }, (value) => stored(type, value));
  const { data } = vectorFromArray(all, type);
  return data[0] ?? makeData({ type: type, length: 0 } as never);
}

/** A value in the form that the builders of apache-arrow accept. */
function stored(type: unknown, value: unknown): unknown {
  if (value === undefined) return null;
  return DataType.isInt(type) && type.bitWidth === 64 && typeof value === "number" ? BigInt(value) : value;
}
