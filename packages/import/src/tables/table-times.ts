import { TimeColumn, type TimeUnit } from "@rerun-ts/core";
import { argumentError, invalidArgument, messageOf } from "@rerun-ts/core/checks";
import { DataType } from "apache-arrow";
import { typeText, checkTimelineNames } from "@rerun-ts/reading/chunks";
import type { TableCell, FileColumn, TableBatch } from "./table-batch.ts";
import type { ImportTableOptions, TableIndex } from "./table-options.ts";

/** The timeline of tables without columns of times, as Rerun's reader of Parquet has it. */
const ROW_INDEX = "row_index";

/** A timeline of a table: makes its times from the cells of its column, which are not null. */
export interface TableTimeline {
  /** The position of its column. `undefined` for row numbers. */
  readonly position: number | undefined;
  timesOf(this: void, cells: readonly TableCell[], firstRow: number): TimeColumn;
}

/** The timelines of a table. @throws {TypeError} if a column does not exist, or cannot be a timeline */
export function timelinesOf(
  columns: readonly FileColumn[],
  index: ImportTableOptions["index"],
): readonly TableTimeline[] {
  if (index === null) return [];
  if (index === undefined) return [rowNumbers()];
  const all = (Array.isArray(index) ? index : [index]) as readonly (string | TableIndex)[];
  const entries = all.map((entry) => (typeof entry === "string" ? { column: entry } : entry));
  const timelines = entries.map((entry) => columnTimeline(columns, entry));
  checkTimelineNames(entries.map(({ column, timeline }) => timeline ?? column));
  return timelines;
}

function rowNumbers(): TableTimeline {
  return {
    position: undefined,
    timesOf: (cells, firstRow) =>
      TimeColumn.sequence(
        ROW_INDEX,
        Array.from(cells, (_, row) => firstRow + row),
      ),
  };
}

/** The position of a column. @throws {TypeError} if there is none with the name */
function positionOf(columns: readonly FileColumn[], argument: string, name: unknown): number {
  const position = columns.findIndex((column) => column.name === name);
  if (position >= 0) return position;
  const names = columns.map((column) => JSON.stringify(column.name)).join(", ");
  throw invalidArgument(argument, `a column of the table (${names})`, name);
}

function columnTimeline(columns: readonly FileColumn[], { column, timeline, type, unit }: TableIndex): TableTimeline {
  const position = positionOf(columns, "index", column);
  const { type: stored, isEmpty = false } = columns[position] as FileColumn;
  const name = timeline ?? column;
  // Without times there are no rows.
  const kind = type ?? (isEmpty ? "sequence" : kindOf(stored, column));
  if (kind !== "sequence" && kind !== "duration" && kind !== "timestamp")
    throw invalidArgument("index.type", '"sequence", "duration" or "timestamp"', type);
  const isTimestamp = DataType.isTimestamp(stored);
  if (!isEmpty && !isTimestamp && !DataType.isInt(stored) && !DataType.isFloat(stored))
    throw invalidArgument("index", "a column of numbers or times", `${column}, a column of ${typeText(stored)}`);
  // The times of a file have their own unit.
  const given: TimeUnit | undefined = isTimestamp ? undefined : unit;
  return {
    position,
    timesOf(cells) {
      const values = cells as readonly (number | bigint)[];
      try {
        if (kind === "sequence") return TimeColumn.sequence(name, values);
        if (kind === "duration") return TimeColumn.duration(name, values, given);
        return TimeColumn.timestamp(name, values, given);
      } catch (error) {
        // `index` is the argument that the caller knows.
        const reason = messageOf(error).replace("`values`", `the column ${JSON.stringify(column)}`);
        if (reason.startsWith("`unit`")) throw argumentError("index.unit", reason.replace("`unit`", "`index.unit`"));
        throw argumentError("index", reason);
      }
    },
  };
}

function kindOf(type: DataType, column: string): TableIndex["type"] {
  if (DataType.isTimestamp(type)) return "timestamp";
  if (DataType.isInt(type)) return "sequence";
  throw invalidArgument(
    "index",
    'a column of integers or times, or { column, type: "duration" } or { column, type: "timestamp" } for numbers',
    column,
  );
}

/** Leaves out the rows that have no time. */
export function withoutMissingTimes(
  batch: TableBatch,
  timelines: readonly TableTimeline[],
): { readonly batch: TableBatch; readonly skipped: number } {
  const indexes = timelines.flatMap(({ position }) => (position === undefined ? [] : [batch.cells[position] ?? []]));
  const isMissing = (row: number): boolean => indexes.some((cells) => cells[row] === null || Number.isNaN(cells[row]));
  const rows = Array.from({ length: batch.rows }, (_, row) => row).filter((row) => !isMissing(row));
  if (rows.length === batch.rows) return { batch, skipped: 0 };
  const cells = batch.cells.map((column) => rows.map((row) => column[row] ?? null));
  const texts = batch.texts?.map((column) => rows.map((row) => column[row] ?? ""));
  return { batch: { rows: rows.length, cells, texts }, skipped: batch.rows - rows.length };
}
