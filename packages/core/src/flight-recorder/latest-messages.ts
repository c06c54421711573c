import { getOrAdd } from "../collections/get-or-add.ts";
import type { EncodedMessage } from "../rrd/encode/encoded-message.ts";
import type { Timeline } from "../time/timeline.ts";
import { isClear } from "./latest-clears.ts";
import type { LatestEntity, LatestRow, KeptValues } from "./kept-values.ts";
import { originColumn } from "./origin.ts";
import { rowIdBytes } from "./row-place.ts";
import { copiedColumn, writeRows } from "./write-rows.ts";

/** The latest values of an entity that become one row. */
interface NewRow {
  readonly times: { readonly timeline: Timeline; readonly time: bigint }[];
  readonly values: readonly LatestRow[];
}

/**
 * The latest values of a store, as rows at the start of the window. A value whose time is later than the start, which
 * happens if a clock is set back, keeps its time.
 *
 * @param starts the first time of the window, for each timeline
 */
export function latestMessages(latest: KeptValues, starts: ReadonlyMap<string, bigint>): readonly EncodedMessage[] {
  const ids = new RowIds();
  return latest.entities.flatMap((entity) => {
    // A chunk that cannot be read is copied as it is, so that no value is missing.
    const messages = new Set<EncodedMessage>();
    const rows = latest.latestRows(entity, (unreadable) => void messages.add(unreadable));
    for (const row of newRows(rows, starts)) {
      try {
        messages.add(encodeRow(entity, row, ids));
      } catch {
        for (const { message } of row.values) messages.add(message);
      }
    }
    return [...messages];
  });
}

/** Joins the values that come to stand at the same time, and then the timelines with the same values. */
function newRows(
  latest: ReadonlyMap<string, ReadonlyMap<string, LatestRow>>,
  starts: ReadonlyMap<string, bigint>,
): readonly NewRow[] {
  const joined = new Map<string, NewRow>();
  for (const [name, values] of latest) {
    const byTime = new Map<string, { time: bigint; values: LatestRow[] }>();
    for (const value of values.values()) {
      const start = starts.get(name) ?? value.time;
      const time = value.time < start ? start : value.time;
      // A clear must come before the values that are later than it.
      const key = `${time} ${isClear(value.column)}`;
      getOrAdd(byTime, key, () => ({ time, values: [] })).values.push(value);
    }
    for (const { time, values: row } of byTime.values()) {
      const timeline = row[0]?.rows.times.find((times) => times.timeline.name === name)?.timeline;
      const key = row
        .map(({ column, id }) => `${column.descriptor.component} ${id}`)
        .sort()
        .join("\n");
      if (timeline !== undefined)
        getOrAdd(joined, key, () => ({ times: [], values: row })).times.push({ timeline, time });
    }
  }
  return [...joined.values()];
}

function encodeRow({ storeId, entityPath }: LatestEntity, { times, values }: NewRow, ids: RowIds): EncodedMessage {
  const isClears = values.some(({ column }) => isClear(column));
  const newest = values.reduce((id, value) => (value.id > id ? value.id : id), 0n);
  return writeRows({
    storeId,
    entityPath,
    ids: rowIdBytes(isClears ? ids.first() : ids.atMost(newest)),
    times: times.map(({ timeline, time }) => ({ timeline, values: BigInt64Array.of(time) })),
    columns: [
      ...values.map(({ column, row }) => copiedColumn(column, row, row + 1)),
      originColumn("latest value before the window", 1),
    ],
  });
}

/** Ids of rows that come before those of the window. */
class RowIds {
  readonly #used = new Set<bigint>();
  #first = 0n;

  /** An id before all others. */
  first(): bigint {
    return ++this.#first;
  }

  /** An id that is not later than another one. */
  atMost(id: bigint): bigint {
    let free = id;
    while (this.#used.has(free)) free--;
    this.#used.add(free);
    return free;
  }
}
