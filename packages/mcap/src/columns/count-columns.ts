import type { MessageColumn } from "./message-column.ts";
import { ListColumn, StructColumn } from "./nested-columns.ts";

/** The number of columns with all those inside them. */
export function countColumns(column: MessageColumn): number {
  if (column instanceof ListColumn) return 1 + countColumns(column.items);
  if (!(column instanceof StructColumn)) return 1;
  return column.fields.reduce((sum, field) => sum + countColumns(field.column), 1);
}

/** The number of levels of columns inside each other, with this one. */
export function nestingOf(column: MessageColumn): number {
  if (column instanceof ListColumn) return 1 + nestingOf(column.items);
  if (!(column instanceof StructColumn)) return 1;
  return column.fields.reduce((most, field) => Math.max(most, 1 + nestingOf(field.column)), 1);
}
