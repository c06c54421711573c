import type { EncodedMessage } from "../rrd/encode/encoded-message.ts";
import { storeKey } from "../rrd/encode/store-id.ts";
import { withStoreId } from "../rrd/decode/with-store-id.ts";
import { buildDump, newTrigger } from "./build-dump.ts";
import { checkpointOfStore } from "./ring-checkpoint.ts";
import type { FlightDump } from "./flight-dump.ts";
import { FlightRing } from "./flight-ring.ts";
import { readStoredRows } from "./stored-rows.ts";
import { rowId } from "./row-place.ts";
import type { IsKeyframe } from "./video-frames.ts";

/** Makes a dump of the messages that a ring on disk holds. */
export function recoverDump(messages: readonly EncodedMessage[], isKeyframe: IsKeyframe, reason: string): FlightDump {
  const ring = new FlightRing({ maxBytes: Infinity, isKeyframe });
  const last = lastCheckpoints(messages);
  const known = rowIdsIn(messages.filter(({ storeId }) => checkpointOfStore(storeId) === undefined));
  for (const message of messages) {
    const checkpoint = checkpointOfStore(message.storeId);
    if (checkpoint === undefined || last.get(storeKey(checkpoint.storeId)) !== checkpoint.number) continue;
    // The ring may still hold rows that had left the window when the checkpoint was made.
    const ids = [...rowIdsIn([message])];
    if (ids.length > 0 && ids.every((id) => known.has(id))) continue;
    const { storeId } = checkpoint;
    ring.add({ ...message, storeId, payload: withStoreId("chunk", message.payload, storeId) }, 0);
  }
  ring.expire(1);
  for (const message of messages) if (checkpointOfStore(message.storeId) === undefined) ring.add(message, 1);
  return buildDump(ring, newTrigger(reason, ring), () => true);
}

/** The number of the last complete checkpoint of each recording. */
function lastCheckpoints(messages: readonly EncodedMessage[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  const last = new Map<string, number>();
  for (const { storeId } of messages) {
    const checkpoint = checkpointOfStore(storeId);
    if (checkpoint === undefined) continue;
    const { number, length } = checkpoint;
    const count = (counts.get(storeId.recordingId) ?? 0) + 1;
    counts.set(storeId.recordingId, count);
    const key = storeKey(checkpoint.storeId);
    if (count === length) last.set(key, Math.max(last.get(key) ?? 0, number));
  }
  return last;
}

/** The ids of all rows. Chunks that cannot be read have none. */
function rowIdsIn(messages: readonly EncodedMessage[]): ReadonlySet<bigint> {
  const ids = new Set<bigint>();
  for (const message of messages) {
    if (message.kind !== "chunk") continue;
    try {
      const rows = readStoredRows(message);
      for (let row = 0; row < rows.rows; row++) ids.add(rowId(rows, row));
    } catch {
      continue;
    }
  }
  return ids;
}
