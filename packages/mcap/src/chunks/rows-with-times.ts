import { gather, RowRanges } from "@rerun-ts/reading/chunks";
import type { NewChunkRows, TimeData } from "./chunk-maker.ts";
import { messageTimesOf } from "./message-times.ts";

/**
 * Adds times that some rows lack: these rows come last, apart.
 * @param missing the rows without a time, in their order
 */
export function rowsWithTimes(rows: NewChunkRows, own: TimeData, missing: readonly number[]): readonly NewChunkRows[] {
  const whole = { ...rows, times: [...rows.times, own] };
  if (missing.length === 0) return [whole];
  if (missing.length === rows.rows) return [rows];
  const without = Int32Array.from(missing);
  return [someRows(whole, otherRows(without, rows.rows)), someRows(rows, without)];
}

/** The rows that are not among some, in their order. */
function otherRows(some: Int32Array, count: number): Int32Array {
  const others = new Int32Array(count - some.length);
  for (let row = 0, next = 0; row < count; row++) {
    if (row === some[next]) next++;
    else others[row - next] = row;
  }
  return others;
}

function someRows({ entityPath, times, components }: NewChunkRows, rows: Int32Array): NewChunkRows {
  const ranges = new RowRanges();
  for (const row of rows) ranges.push(0, row, 1);
  return {
    entityPath,
    rows: rows.length,
    times: times.map((time) => ({ ...time, times: messageTimesOf(time.times, rows) })),
    components: components.map((component) => ({
      ...component,
      lists: gather(component.lists.type, [component.lists], ranges),
    })),
  };
}
