import { plainRows, type PlainValue } from "@rerun-ts/reading";
import type { RecordBatch, Table } from "apache-arrow";

/** A table as JSON has it: the names of the columns, and the cells of each row, with bigints as strings. */
export interface QueryAnswer {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly unknown[])[];
}

/** A table of a query as JSON has it. */
export function answerOf(table: RecordBatch | Table): QueryAnswer {
  const columns = table.schema.names as string[];
  const rows = [...plainRows(table)].map((row) => columns.map((name) => plain(row[name])));
  return { columns, rows };
}

function plain(value: PlainValue | undefined): unknown {
  if (typeof value === "bigint") return String(value);
  return Array.isArray(value) ? value.map(plain) : value;
}
