import type { RecordBatch } from "apache-arrow";
import { readerOf } from "./cell-readers.ts";
import type { TypedColumnPlan } from "./plan-columns.ts";

/** Yields the rows of a batch as objects with the chosen columns. */
export function* readRows(batch: RecordBatch, { columns }: TypedColumnPlan): Generator<object, void, undefined> {
  const cells = columns.map((column) => ({ key: column.key, read: readerOf(batch, column) }));
  // Plain assignment to `__proto__` would set the prototype.
  const hasProto = cells.some(({ key }) => key === "__proto__");
  for (let row = 0; row < batch.numRows; row++) {
    if (hasProto) {
      yield Object.fromEntries(cells.map(({ key, read }) => [key, read(row)]));
      continue;
    }
    const values: Record<string, unknown> = {};
    for (const { key, read } of cells) values[key] = read(row);
    yield values;
  }
}
