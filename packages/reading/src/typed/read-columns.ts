import type { RecordBatch } from "apache-arrow";
import { dataOf, readerOf } from "./cell-readers.ts";
import type { TypedColumnPlan } from "./plan-columns.ts";
import { TypedColumn } from "./typed-column.ts";

/** The chosen columns of all rows, which are in one batch, or in none. */
export function readColumns(batch: RecordBatch | undefined, { columns }: TypedColumnPlan): Record<string, unknown> {
  return Object.fromEntries(
    columns.map((column) => [
      column.key,
      new TypedColumn({
        key: column.key,
        data: batch === undefined ? undefined : dataOf(batch, column),
        length: batch?.numRows ?? 0,
        read: batch === undefined ? () => null : readerOf(batch, column),
        instance: "name" in column ? column.instance : "time",
      }),
    ]),
  );
}
