import type { ListBuilder } from "../arrow/builder/nested-builders.ts";
import { compareStrings } from "../collections/compare-strings.ts";
import { InvalidValueError, problemWith, wrongCount, wrongType } from "../checks/invalid-value-error.ts";
import { isTimeColumn, timeRange, type TimeColumn } from "../time/time-column.ts";
import { checkTimeline } from "../time/time-point.ts";
import type { TimelineRegistry } from "../time/timeline.ts";
import { CellColumn } from "./chunk-builder.ts";
import { compareDescriptors, type LoggedChunk, type ChunkTimes } from "./logged-chunk.ts";
import { isComponentColumn, type ComponentColumn } from "./component-column.ts";
import { sortByTime, type ColumnTable } from "./column-table.ts";
import { type RowIdColumn, copyTuid, type TuidGenerator } from "./tuid.ts";

/** The maximum size of a value that is repeated in all rows. A larger value is probably a mistake. */
const MAX_REPEATED_BYTES = 4096;

/** The component of which each row may be a separate list: several curves. */
const NESTED = "Scalars:scalars";

/** The arguments of {@link RecordingStream.sendColumns} besides the path. */
export interface ColumnsLike {
  readonly times: TimeColumn | readonly TimeColumn[];
  readonly columns: Iterable<ComponentColumn | Iterable<ComponentColumn>>;
}

/**
 * Checks columns, converts their values to Arrow, and sorts their rows by time.
 *
 * The first column determines the number of rows for all others. A scalar applies to all rows. Timelines are registered
 * only after all checks, so an invalid call leaves no trace. The result has its own memory, except for large values,
 * which it may borrow from the caller until the call returns.
 *
 * @param onLabel receives the name of each column before it is checked
 * @throws {InvalidValueError} if a column is invalid, or what user code throws
 */
export function convertColumns(
  { times, columns }: ColumnsLike,
  registry: TimelineRegistry,
  onLabel: (label: string) => void,
): ColumnTable {
  onLabel("times");
  const indexes = checkTimes(isTimeColumn(times) ? [times] : times, registry, onLabel);
  onLabel("columns");
  const given = flatten(columns);
  const cells = given.map((column) => {
    onLabel(column.field.label);
    return convertColumn(column);
  });
  checkUnique(cells, onLabel);
  const first = indexes[0] ?? cells[0]?.cells;
  const rows = first?.length ?? 0;
  if (rows > 0 && cells.length === 0) throw wrongCount("at least one component", "none");
  for (const [index, { cells: column }] of cells.entries()) {
    // Only a scalar is repeated: a list with one value more likely lacks the others.
    const isScalar = typeof given[index]?.values !== "object" && given[index]?.lengths === undefined;
    if (isScalar && column.length === 1 && column.byteLength <= MAX_REPEATED_BYTES) repeatRow(column, rows);
  }
  for (const [label, length] of [
    ...indexes.map((time) => [`TimeColumn ${JSON.stringify(time.name)}`, time.length] as const),
    ...cells.map((column) => [column.field.label, column.cells.length] as const),
  ]) {
    onLabel(label);
    if (length !== rows) {
      throw wrongCount(
        `as long as the first column, ${rows} rows (several instances per row? \`.partition(lengths)\`)`,
        `${length} rows`,
      );
    }
  }
  for (const time of indexes) registry.resolve(time.name, time.kind);
  return sortByTime({ rows, times: [...indexes].sort((a, b) => compareStrings(a.name, b.name)), cells });
}

/** The source of the ids of chunks and of their rows. */
export interface ChunkIds {
  /** Generates a new id. */
  readonly next: () => TuidGenerator;
  /** The memory for row ids. */
  readonly rows: RowIdColumn;
}

/**
 * Splits columns into chunks of about `maxBytes` at most and of nearly the same number of rows.
 *
 * Each chunk is valid until the next one is requested, because they share the memory of their row ids. Rows are
 * numbered in the order of the table. Columns without rows yield nothing.
 */
export function* cutChunks(
  table: ColumnTable,
  entityPath: string,
  registry: TimelineRegistry,
  maxBytes: number,
  ids: ChunkIds,
): Generator<LoggedChunk> {
  const { rows, times } = table;
  const cells = [...table.cells].sort((a, b) => compareDescriptors(a.field.descriptor, b.field.descriptor));
  if (rows === 0 || cells.length === 0) return;
  const bytes = cells.reduce((sum, column) => sum + column.cells.byteLength, rows * (16 + times.length * 8));
  const parts = Math.min(rows, Math.ceil(bytes / maxBytes));
  for (let part = 0; part < parts; part++) {
    const from = Math.floor((rows * part) / parts);
    const to = Math.floor((rows * (part + 1)) / parts);
    const generator = ids.next();
    const id = copyTuid(generator);
    generator.skip(to - from);
    yield {
      id,
      entityPath,
      from,
      to,
      rowIds: ids.rows.idsAfter(id, to - from),
      times: times.map((time): ChunkTimes => {
        const slice = time.bytes.subarray(from * 8, to * 8);
        return { timeline: registry.resolve(time.name, time.kind), bytes: slice, ...timeRange(slice, time.isSorted) };
      }),
      components: cells,
    };
  }
}

function checkTimes(
  times: readonly TimeColumn[],
  registry: TimelineRegistry,
  onLabel: (label: string) => void,
): readonly TimeColumn[] {
  if (!Array.isArray(times)) throw wrongType("a TimeColumn or an array of TimeColumns", times);
  const names = new Set<string>();
  for (const time of times as readonly unknown[]) {
    if (!isTimeColumn(time)) throw wrongType("a TimeColumn or an array of TimeColumns", time);
    onLabel(`TimeColumn ${JSON.stringify(time.name)}`);
    checkTimeline(registry, time.name, { kind: time.kind, lo: 0, hi: 0 });
    if (names.has(time.name)) throw new InvalidValueError("the only column of its timeline", "a second one", false);
    names.add(time.name);
  }
  return times;
}

function flatten(columns: ColumnsLike["columns"]): ComponentColumn[] {
  const expected = "columns of archetypes, e.g. rr.Scalars.columns({ scalars })";
  if (typeof columns !== "object" || columns === null || !(Symbol.iterator in columns))
    throw wrongType(expected, columns);
  const flat: ComponentColumn[] = [];
  for (const column of columns) {
    if (isComponentColumn(column)) flat.push(column);
    else if (typeof column === "object" && column !== null && Symbol.iterator in column) flat.push(...flatten(column));
    else throw wrongType(expected, column);
  }
  return flat;
}

function convertColumn({ field, values, lengths }: ComponentColumn): CellColumn {
  const column = new CellColumn(field);
  const { cells } = column;
  if (lengths === undefined && field.descriptor.component === NESTED && isNested(values)) {
    // Each row is a list, so single numbers are not valid rows.
    for (const row of values) {
      field.type.append(row as never, cells.item, -1);
      cells.close();
    }
    return column;
  }
  if (values !== null) field.type.append(values as never, cells.item, -1);
  const instances = cells.item.length;
  if (lengths === undefined) {
    cells.closeUnits(instances);
    return column;
  }
  if (typeof lengths === "number") {
    if (instances % lengths !== 0)
      throw wrongCount(`partitioned by a divisor of ${instances}, the number of instances`, String(lengths));
    for (let end = lengths; end <= instances; end += lengths) cells.close(end);
    return column;
  }
  let end = 0;
  for (let row = 0; row < lengths.length; row++) {
    const length = lengths[row];
    if (length === null) {
      cells.appendNull(end);
      continue;
    }
    if (typeof length !== "number" || !Number.isInteger(length) || length < 0) {
      throw wrongType("partitioned by non-negative integers or null", length);
    }
    end += length;
    cells.close(end);
  }
  if (end !== instances)
    throw wrongCount(`partitioned by lengths that sum to ${instances}, the number of instances`, `the sum ${end}`);
  return column;
}

function isNested(values: unknown): values is readonly object[] {
  return (
    Array.isArray(values) && values.length > 0 && values.every((row) => Array.isArray(row) || ArrayBuffer.isView(row))
  );
}

/** Makes the only row of a column the value of all rows. */
function repeatRow(column: ListBuilder, rows: number): void {
  while (column.length < rows) column.appendFrom(column, 0, 1);
}

function checkUnique(cells: readonly CellColumn[], onLabel: (label: string) => void): void {
  const seen = new Set<string>();
  for (const { field } of cells) {
    onLabel(field.label);
    if (seen.has(field.descriptor.component)) throw problemWith(undefined, "has two columns: send one");
    seen.add(field.descriptor.component);
  }
}
