import { getOrAdd } from "../collections/get-or-add.ts";
import type { EncodedMessage } from "../rrd/encode/encoded-message.ts";
import type { LatestEntity } from "./kept-values.ts";
import { readStoredRows, type RowsColumn } from "./stored-rows.ts";
import { rowId, rowIdBytes } from "./row-place.ts";
import { copiedColumn, writeRows } from "./write-rows.ts";

/**
 * The newest static values of an entity.
 *
 * @param newer the components with newer values elsewhere, each after the path of its entity
 */
export function staticMessages(entity: LatestEntity, newer: ReadonlySet<string>): readonly EncodedMessage[] {
  const needed = new Map<EncodedMessage, string[]>();
  for (const [component, message] of entity.statics)
    if (!newer.has(`${entity.entityPath}\n${component}`)) getOrAdd(needed, message, () => []).push(component);
  return [...needed].flatMap(([message, components]) => {
    const { manifest } = message;
    if (manifest?.rows === 1 && manifest.components.every(({ rows }) => rows > 0) && isAll(manifest, components))
      return [message];
    try {
      return newestRows(message, new Set(components));
    } catch {
      return [message];
    }
  });
}

function isAll({ components }: NonNullable<EncodedMessage["manifest"]>, needed: readonly string[]): boolean {
  return components.length === needed.length;
}

/** The last row with a value of each component. */
function newestRows(message: EncodedMessage, needed: ReadonlySet<string>): readonly EncodedMessage[] {
  const stored = readStoredRows(message);
  const byRow = new Map<number, RowsColumn[]>();
  for (const column of stored.columns) {
    if (!needed.has(column.descriptor.component)) continue;
    for (let row = stored.rows - 1; row >= 0; row--) {
      if (!column.isValid(row)) continue;
      getOrAdd(byRow, row, () => []).push(column);
      break;
    }
  }
  return [...byRow].map(([row, columns]) =>
    writeRows({
      storeId: message.storeId,
      entityPath: stored.entityPath,
      ids: rowIdBytes(rowId(stored, row)),
      times: [],
      columns: columns.map((column) => copiedColumn(column, row, row + 1)),
    }),
  );
}
