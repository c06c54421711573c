import { argumentError } from "@rerun-ts/core/checks";
import { getOrAdd } from "@rerun-ts/core/util";
import { Schema, Table, type Data } from "apache-arrow";
import { batchOf, gather, NULL_SOURCE, RowRanges } from "@rerun-ts/reading/chunks";

/**
 * The rows of a table with the columns of another table for the same key. A row without a match has nulls, and a row
 * with several matches is repeated.
 *
 * @throws {TypeError} if a table lacks the key
 */
export function joinTables(left: Table, right: Table, key: string): Table {
  const [keys, others] = [left, right].map((table) => table.getChild(key));
  if (!keys) throw argumentError("joinKey", `\`joinKey\` must be a column of the segments, got ${key}`);
  if (!others) throw argumentError("joinMeta", `\`joinMeta\` must have the column ${key}`);
  const rowsByKey = new Map<unknown, number[]>();
  for (const [row, value] of Array.from<unknown>(others).entries()) {
    getOrAdd(rowsByKey, value, () => []).push(row);
  }
  const [lefts, rights] = [new RowRanges(), new RowRanges()];
  const [leftPlace, rightPlace] = [placeIn(left), placeIn(right)];
  for (const [row, value] of Array.from<unknown>(keys).entries()) {
    // As in SQL, a null equals nothing.
    const matches = (value === null ? undefined : rowsByKey.get(value)) ?? [undefined];
    for (const match of matches) {
      leftPlace(lefts, row);
      if (match === undefined) rights.push(NULL_SOURCE, 0, 1);
      else rightPlace(rights, match);
    }
  }
  const added = right.schema.fields.filter(({ name }) => name !== key).map((field) => field.clone({ nullable: true }));
  const schema = new Schema([...left.schema.fields, ...added], left.schema.metadata);
  const children = [
    ...left.schema.fields.map(({ name }) => columnOf(left, name, lefts)),
    ...added.map(({ name }) => columnOf(right, name, rights)),
  ];
  return new Table([batchOf(schema, lefts.length, children)]);
}

/** Returns a function that adds a row of a table, which is in one of its batches. */
function placeIn({ batches }: Table): (ranges: RowRanges, row: number) => void {
  const places = batches.flatMap(({ numRows }, source) => Array.from({ length: numRows }, (_, row) => [source, row]));
  return (ranges, row) => {
    const [source = 0, at = 0] = places[row] ?? [];
    ranges.push(source, at, 1);
  };
}

function columnOf({ schema, batches }: Table, name: string, ranges: RowRanges): Data {
  const index = schema.fields.findIndex((field) => field.name === name);
  const sources = batches.map(({ data }) => data.children[index] as Data);
  return gather((schema.fields[index] as (typeof schema.fields)[number]).type, sources, ranges);
}
