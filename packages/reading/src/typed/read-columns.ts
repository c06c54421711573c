import type { Data, RecordBatch } from "apache-arrow";
import { batchOf } from "../arrays/make-array.ts";
import { gather } from "../arrays/gather.ts";
import { RowRanges } from "../arrays/row-ranges.ts";
import { dataOf, readerOf } from "./cell-readers.ts";
import type { TypedColumnPlan } from "./plan-columns.ts";
import { TypedColumn } from "./typed-column.ts";

/** The chosen columns of all rows. */
export function readColumns(batches: readonly RecordBatch[], { columns }: TypedColumnPlan): Record<string, unknown> {
  const batch = joined(batches);
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

/** All rows in one batch. */
function joined(batches: readonly RecordBatch[]): RecordBatch | undefined {
  const [first] = batches;
  if (first === undefined || batches.length === 1) return first;
  const ranges = new RowRanges();
  for (const [source, { numRows }] of batches.entries()) ranges.push(source, 0, numRows);
  const { schema } = first;
  const children = schema.fields.map(({ type }, at) =>
    gather(
      type,
      batches.map(({ data }) => data.children[at] as Data),
      ranges,
    ),
  );
  return batchOf(schema, ranges.length, children);
}
