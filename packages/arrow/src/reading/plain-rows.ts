import { DataType, Vector, type Data, type RecordBatch, type Table } from "apache-arrow";

/** A value without classes of apache-arrow, which `JSON.stringify` accepts unless it has a bigint. */
export type PlainValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | readonly PlainValue[]
  | { readonly [name: string]: PlainValue };

/** A row: the values by the names of the columns. */
export type PlainRow = Readonly<Record<string, PlainValue>>;

/**
 * Yields the rows of a batch or table of a query as plain objects. A cell is an array of its instances, or null. Times
 * are bigints: numbers of sequences, or nanoseconds.
 *
 * @example
 * for await (const batch of query) for (const row of plainRows(batch)) console.log(row["/a:Scalars:scalars"]);
 */
export function* plainRows(rows: RecordBatch | Table): Generator<PlainRow, void, undefined> {
  const batches = "batches" in rows ? rows.batches : [rows];
  for (const { schema, data, numRows } of batches) {
    const columns = schema.fields.map(({ name, metadata }, index) => {
      const column = data.children[index] as Data;
      return { name, read: metadata.get("rerun:kind") === "index" ? timeReader(column) : reader(column) };
    });
    for (let row = 0; row < numRows; row++)
      yield Object.fromEntries(columns.map(({ name, read }) => [name, read(row)]));
  }
}

function timeReader(column: Data): (row: number) => PlainValue {
  // The vector would convert timestamps to milliseconds.
  const times = column.values as BigInt64Array;
  return (row) => (column.getValid(row) ? (times[row] as bigint) : null);
}

function reader(column: Data): (row: number) => PlainValue {
  const vector = new Vector([column]);
  return (row) => plain(vector.get(row));
}

function plain(value: unknown): PlainValue {
  if (value === undefined || value === null) return null;
  if (typeof value !== "object") return value as PlainValue;
  if (value instanceof Uint8Array) return value;
  if (value instanceof Vector && DataType.isInt(value.type) && value.type.bitWidth === 8 && !value.type.isSigned)
    return value.toArray() as Uint8Array;
  if (value instanceof Vector || ArrayBuffer.isView(value)) return Array.from(value as Iterable<unknown>, plain);
  if ("toJSON" in value && typeof value.toJSON === "function")
    return Object.fromEntries(
      Object.entries(value.toJSON() as Record<string, unknown>).map(([name, inner]) => [name, plain(inner)]),
    );
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, plain(inner)]));
}
