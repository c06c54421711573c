import { Schema, Table } from "apache-arrow";
import { batchOf, gather, RowRanges } from "@rerun-ts/reading/chunks";

const STATUS = "rerun_registration_status";

/** The rows of layers that were registered, without the column that says so. */
export function doneLayers(table: Table): Table {
  const position = table.schema.fields.findIndex(({ name }) => name === STATUS);
  if (position < 0) return table;
  const schema = new Schema(
    table.schema.fields.filter((_, index) => index !== position),
    table.schema.metadata,
  );
  const batches = table.batches.map((batch) => {
    const states = batch.getChildAt(position);
    const ranges = new RowRanges();
    for (let row = 0; row < batch.numRows; row++) if (states?.get(row) === "done") ranges.push(0, row, 1);
    const columns = batch.data.children.filter((_, index) => index !== position);
    const children = columns.map((column) => gather(column.type, [column], ranges));
    return batchOf(schema, ranges.length, children);
  });
  return new Table(schema, batches);
}
