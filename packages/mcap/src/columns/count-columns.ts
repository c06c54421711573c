import type { Column } from "./column.ts";
import { ListColumn, StructColumn } from "./nested-columns.ts";

/** The number of columns with all those inside them. */
export function countColumns(column: Column): number {
  if (column instanceof ListColumn) return 1 + countColumns(column.items);
  if (!(column instanceof StructColumn)) return 1;
  return column.fields.reduce((sum, field) => sum + countColumns(field.column), 1);
}

/** The number of levels of columns inside each other, with this one. */
export function levelsOf(column: Column): number {
  if (column instanceof ListColumn) return 1 + levelsOf(column.items);
  if (!(column instanceof StructColumn)) return 1;
  return column.fields.reduce((most, field) => Math.max(most, 1 + levelsOf(field.column)), 1);
}
