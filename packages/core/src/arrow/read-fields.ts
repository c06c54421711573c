import { RerunError } from "../errors/rerun-error.ts";
import { getOrAdd } from "../collections/get-or-add.ts";
import type { FlatBufferTable } from "./flatbuffer-reader.ts";

/**
 * The most levels of fields below a column. Readers refuse more: they accept 64 tables of a flatbuffer in each other,
 * with those of the message, its schema, the column and the last type. Source: the flatbuffers crate.
 */
export const MAX_NESTING = 60;
/** The free part of the size that all columns may have together, as {@link Tree.size} counts. */
const FREE_SIZE = 64 * 1024;
/** Limit of repetition in a valid schema: columns may share types with some dozens of fields. */
const MAX_REPETITION = 16;

/** A field with its measures. */
interface Tree<Field> {
  readonly field: Field;
  /** The number of levels of fields below this one. */
  readonly height: number;
  /** The total length of the names of the field and all fields below it. Shared fields count each time. */
  readonly size: number;
}

/**
 * Returns a function that reads the tables `Field` of one schema, each once, even if many fields share it as a child. A
 * walk through the result visits a shared field once per parent, so the total size of the columns is limited to a small
 * multiple of the buffer's size. Source: Arrow's format/Schema.fbs.
 *
 * @param convert makes a field from its table and its children. `column` is the name of the outermost field, for
 * messages
 */
export function fieldReader<Field>(
  schema: FlatBufferTable,
  convert: (table: FlatBufferTable, children: readonly Field[], column: string) => Field,
): (table: FlatBufferTable) => Field {
  const known = new Map<FlatBufferTable, Tree<Field>>();
  let left = FREE_SIZE + MAX_REPETITION * schema.bufferBytes;
  const read = (table: FlatBufferTable, column: string, depth: number): Tree<Field> => {
    let tree = known.get(table);
    if (depth + (tree?.height ?? 0) > MAX_NESTING)
      throw new RerunError("INVALID_FORMAT", `the column \`${column}\` is nested too deeply`);
    if (tree !== undefined) return tree;
    const children = table.tables(5).map((child) => read(child, column, depth + 1));
    const size = children.reduce((sum, child) => sum + child.size, 8 + table.text(0).length);
    const height = children.reduce((most, child) => Math.max(most, child.height + 1), 0);
    if (size > left) throw new RangeError(`the type of the column \`${column}\` is larger than the schema allows`);
    const fields = children.map(({ field }) => field);
    known.set(table, (tree = { field: convert(table, fields, column), height, size }));
    return tree;
  };
  return (table) => {
    const { field, size } = read(table, table.text(0), 0);
    left -= size;
    if (left < 0) throw new RangeError("the columns are larger than the schema allows");
    return field;
  };
}

/**
 * Returns a function that reads vectors of `KeyValue`, each once, because many columns share them.
 * @param convert makes the result from the pairs of a vector. An absent vector has no pairs
 */
export function metadataReader<Result>(
  convert: (pairs: readonly (readonly [key: string, value: string])[]) => Result,
): (table: FlatBufferTable, slot: number) => Result {
  const known = new Map<readonly FlatBufferTable[], Result>();
  return (table, slot) => {
    const pairs = table.tables(slot);
    return getOrAdd(known, pairs, () => convert(pairs.map((pair) => [pair.text(0), pair.text(1)])));
  };
}

/** The type ids of the fields of a union. */
export function typeIdsOf(union: FlatBufferTable, fields: readonly unknown[]): readonly number[] {
  if (!union.has(1)) return fields.map((_, index) => index);
  const ids = union.int32s(1);
  if (ids.length === fields.length) return ids;
  throw new RerunError("INVALID_FORMAT", `an Arrow union has ${fields.length} fields, but ${ids.length} type ids`);
}
