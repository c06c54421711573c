import type { Data, RecordBatch, Table } from "apache-arrow";
import { invalidArgument } from "@rerun-ts/core/checks";
import type { PlainValue } from "../values/plain-value.ts";
import { cellReader } from "../values/plain-values.ts";

/** A row: the values by the names of the columns. */
export type PlainRow = Readonly<Record<string, PlainValue>>;

/**
 * Yields the rows of a batch or table of a query as plain objects. A cell is an array of its instances, or null. Times
 * are bigints: numbers of sequences, or nanoseconds. Bytes of a blob are a `Uint8Array`, decimals are strings.
 *
 * @throws {TypeError} if `rows` is neither
 *
 * @example
 * for await (const batch of query) for (const row of plainRows(batch)) console.log(row["/a:Scalars:scalars"]);
 */
export function* plainRows(rows: RecordBatch | Table): Generator<PlainRow, void, undefined> {
  for (const { schema, data, numRows } of batchesIn(rows)) {
    const columns = schema.fields.map(({ name, metadata }, index) => {
      const column = data.children[index] as Data;
      return { name, read: metadata.get("rerun:kind") === "index" ? timeReader(column) : cellReader(column) };
    });
    for (let row = 0; row < numRows; row++)
      yield Object.fromEntries(columns.map(({ name, read }) => [name, read(row)]));
  }
}

function batchesIn(rows: RecordBatch | Table): readonly RecordBatch[] {
  if (typeof rows === "object" && rows !== null) {
    if ("batches" in rows) return rows.batches;
    if ("data" in rows) return [rows];
  }
  throw invalidArgument("rows", "a batch or table of a query, such as `await query.toTable()`", rows);
}

function timeReader(column: Data): (row: number) => PlainValue {
  // This includes durations.
  const times = column.values as BigInt64Array;
  return (row) => (column.getValid(row) ? (times[row] as bigint) : null);
}
