import type { Data } from "apache-arrow";
import { gather } from "../arrays/gather.ts";
import { isValid } from "../arrays/is-valid.ts";
import { makeArray, nullsWithout } from "../arrays/make-array.ts";
import { RowRanges } from "../arrays/row-ranges.ts";
import { instancesOf, type Instances } from "../chunks/instances.ts";
import { timeColumn } from "../chunks/time-columns.ts";
import type { StoredColumn } from "../store/chunk-data.ts";
import { makeColumn, type ValuePlan } from "./lens-values.ts";

/** The rows that a lens makes. */
export interface LensRows {
  readonly columns: readonly StoredColumn[];
  readonly times: readonly StoredColumn[];
  readonly rows: number;
}

/** A column with a row for each instance. */
export interface ScatteredColumn extends StoredColumn {
  /** The number of rows that each row became: one for each instance, or one without any. */
  readonly counts: readonly number[];
}

/**
 * The column that a lens makes, with a row for each instance. Instances that are null, or for which a function has no
 * result, become rows that are null, so that all columns and timelines have the same rows.
 *
 * @param lists the lists of `instances`
 */
export function scatteredColumn(instances: Instances, lists: Data, plan: ValuePlan): ScatteredColumn {
  if (typeof plan.value === "function") {
    const rows = scatterLists(lists, instances);
    return { ...makeColumn(instancesOf(rows), rows, plan), counts: countsOf(instances) };
  }
  const { field, data } = makeColumn(instances, lists, { ...plan, keepsNulls: true });
  const made = instancesOf(data);
  return { field, data: scatterLists(data, made), counts: countsOf(made) };
}

/** The rows of an array, each as often as its count. */
export function repeatRows(data: Data, counts: readonly number[]): Data {
  const rows = new RowRanges();
  for (const [row, count] of counts.entries()) for (let each = 0; each < count; each++) rows.push(0, row, 1);
  return gather(data.type, [data], rows);
}

/** Whether a row has no instance. */
export function isEmptyRow({ data }: StoredColumn, row: number): boolean {
  return data.valueOffsets[row] === data.valueOffsets[row + 1];
}

/**
 * The rows that have a time on all new timelines.
 *
 * @param kept the timelines of the chunk
 * @param made the new timelines. Times may be null
 */
export function rowsWithNewTimes(
  columns: readonly StoredColumn[],
  kept: readonly StoredColumn[],
  made: readonly StoredColumn[],
): LensRows {
  const rows = new RowRanges();
  const length = columns[0]?.data.length ?? 0;
  if (made.some(({ data }) => data.nullCount > 0)) {
    for (let row = 0; row < length; row++) if (made.every(({ data }) => isValid(data, row))) rows.push(0, row, 1);
  } else rows.push(0, 0, length);
  const take = (column: StoredColumn): StoredColumn =>
    rows.length === length ? column : { field: column.field, data: gather(column.field.type, [column.data], rows) };
  const times = [...kept.map(take), ...made.map(take).map(({ field, data }) => timeColumn(field, data))];
  return { columns: columns.map(take), times, rows: rows.length };
}

function countsOf({ offsets }: Instances): number[] {
  return Array.from({ length: offsets.length - 1 }, (_, row) => countAt(offsets, row));
}

function countAt(offsets: Int32Array, row: number): number {
  return Math.max((offsets[row + 1] as number) - (offsets[row] as number), 1);
}

/** A list for each instance, or null if it is null. Lists without instances stay. */
function scatterLists(lists: Data, { items, offsets }: Instances): Data {
  let rows = 0;
  for (let row = 0; row < lists.length; row++) rows += countAt(offsets, row);
  const ends = new Int32Array(rows + 1);
  const arePresent = new Uint8Array(rows);
  const present = new RowRanges();
  let made = 0;
  const end = (isPresent: boolean): void => {
    if (isPresent) arePresent[made] = 1;
    ends[++made] = present.length;
  };
  for (let row = 0; row < lists.length; row++) {
    const [from, to] = [offsets[row] as number, offsets[row + 1] as number];
    if (from === to) end(isValid(lists, row));
    for (let item = from; item < to; item++) {
      const isPresent = isValid(items, item);
      if (isPresent) present.push(0, item, 1);
      end(isPresent);
    }
  }
  const values = present.length === items.length ? items : gather(items.type, [items], present);
  const nulls = nullsWithout(rows, (row) => arePresent[row] === 1);
  return makeArray(lists.type, rows, { offsets: ends, nulls, children: [values] });
}
