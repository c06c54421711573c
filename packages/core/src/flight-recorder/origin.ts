import type { ComponentDescriptor } from "../batch/component.ts";
import type { EncodedMessage } from "../rrd/encode/encoded-message.ts";
import { readStoredRows } from "./stored-rows.ts";
import { copiedColumn, textsColumn, writeRows, type NewColumn } from "./write-rows.ts";

/** The origin of rows of a dump that are not rows of its window. */
export type Origin = "latest value before the window" | "group of pictures before the window";

const ORIGIN: ComponentDescriptor = { archetype: "FlightRecorder", component: "FlightRecorder:origin" };

/** The component that marks rows. */
export function originColumn(origin: Origin, rows: number): NewColumn {
  return textsColumn(
    ORIGIN,
    Array.from({ length: rows }, () => origin),
  );
}

/** A chunk with marked rows. A chunk that cannot be read stays as it is. */
export function markRows(message: EncodedMessage, origin: Origin): EncodedMessage {
  try {
    const { entityPath, rows, ids, times, columns } = readStoredRows(message);
    return writeRows({
      storeId: message.storeId,
      entityPath,
      ids: ids.subarray(0, rows * 16),
      times: times.map(({ timeline, values }) => ({ timeline, values: int64s(values, rows) })),
      columns: [...columns.map((column) => copiedColumn(column, 0, rows)), originColumn(origin, rows)],
    });
  } catch {
    return message;
  }
}

function int64s(values: DataView, rows: number): BigInt64Array {
  return BigInt64Array.from({ length: rows }, (_, row) => values.getBigInt64(row * 8, true));
}
