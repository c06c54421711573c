import { storeKey, toStoreId, type RrdManifest } from "@rerun-ts/core/rrd";
import type { StoreId } from "@rerun-ts/core";
import type { EndMessage } from "@rerun-ts/core/decode";
import type { IpcBatch } from "../ipc/ipc-batch.ts";
import { readIpc } from "../ipc/read-ipc.ts";
import { addManifest, chunkIdAt } from "../store/read-manifest.ts";
import { StoreIndex } from "../store/store-index.ts";
import { PROFILES } from "./optimize-options.ts";

/** The least ratio of chunks to `fewestChunks` of a recording that is worth optimizing. Source: Rerun 0.41. */
const WORTHWHILE_RATIO = 2;
/** The least number of chunks above `fewestChunks` of such a recording. Source: the same. */
const WORTHWHILE_EXCESS = 200;

/** Counts of the index of a store in a footer. */
export interface IndexStats {
  /** The recording or blueprint to which the counts apply. */
  readonly storeId: StoreId;
  /** The number of chunks. */
  readonly numChunks: number;
  /** The number of static chunks. */
  readonly numStatic: number;
  /** The number of entities. */
  readonly numEntityPaths: number;
  /** The number of columns of the index itself. */
  readonly numColumns: number;
  /** The number of fields in the schema of the store. */
  readonly numFields: number;
  /** The SHA-256 of this schema in the footer, as 64 hexadecimal digits. `undefined` if the footer has none. */
  readonly schemaSha256: string | undefined;
  /** The sum of the sizes of the chunks' messages, in bytes. */
  readonly bytes: number;
  /** The sum of their sizes without compression, in bytes. */
  readonly uncompressedBytes: number;
  /**
   * The fewest chunks with times that `optimizeRrd` could make for the profile `object-store`: for each entity and set
   * of timelines, the size of its data divided by the largest size of a chunk.
   */
  readonly fewestChunks: number;
  /** Whether `optimizeRrd` is likely to be worthwhile: there are twice as many chunks, and 200 more, than necessary. */
  readonly isWorthOptimizing: boolean;
}

/** The counts of each index of a footer. A damaged index is left out, because {@link verifyRrd} reports it. */
export function indexStats({ footer }: EndMessage): IndexStats[] {
  const found = new Map<string, IndexStats>();
  for (const manifest of footer?.manifests ?? []) {
    const stats = statsOf(manifest);
    if (stats !== undefined) found.set(storeKey(stats.storeId), stats);
  }
  return [...found.values()];
}

function statsOf(manifest: RrdManifest): IndexStats | undefined {
  const store = new StoreIndex(toStoreId(manifest.storeId));
  let batch: IpcBatch;
  let numFields: number;
  try {
    batch = addManifest(store, manifest);
    numFields = readIpc(manifest.sorbetSchema?.arrowSchema ?? new Uint8Array(0)).schema.fields.length;
  } catch {
    return undefined;
  }
  const { storeId, chunks } = store;
  const sizes = uncompressedSizes(batch);
  const withTimes = chunks.filter(({ timelines }) => timelines.size > 0);
  const groups = new Map<string, { chunks: number; bytes: number }>();
  for (const { id, entityPath, timelines } of withTimes) {
    const key = JSON.stringify([entityPath, ...[...timelines.keys()].sort()]);
    const group = groups.get(key) ?? { chunks: 0, bytes: 0 };
    groups.set(key, { chunks: group.chunks + 1, bytes: group.bytes + (sizes.get(id) ?? 0) });
  }
  let fewestChunks = 0;
  for (const group of groups.values())
    fewestChunks += Math.min(group.chunks, Math.max(1, Math.ceil(group.bytes / PROFILES["object-store"].maxBytes)));
  const excess = withTimes.length - fewestChunks;
  return {
    storeId,
    numChunks: chunks.length,
    numStatic: chunks.length - withTimes.length,
    numEntityPaths: new Set(chunks.map(({ entityPath }) => entityPath)).size,
    numColumns: batch.schema.fields.length,
    numFields,
    schemaSha256: manifest.sorbetSchemaSha256 && hexOf(manifest.sorbetSchemaSha256),
    bytes: chunks.reduce((sum, { place }) => sum + place.length, 0),
    uncompressedBytes: [...sizes.values()].reduce((sum, size) => sum + size, 0),
    fewestChunks,
    isWorthOptimizing: excess >= WORTHWHILE_EXCESS && withTimes.length >= WORTHWHILE_RATIO * fewestChunks,
  };
}

/** The sizes of chunks without compression, by chunk id. Readers do not need them, so an index may lack them. */
function uncompressedSizes(batch: IpcBatch): ReadonlyMap<string, number> {
  const column = (name: string): ArrayLike<unknown> | undefined => {
    const index = batch.schema.fields.findIndex((field) => field.name === name);
    return index < 0 ? undefined : (batch.column(index).values as ArrayLike<unknown>);
  };
  const ids = column("chunk_id") as Uint8Array;
  const sizes = column("chunk_byte_size_uncompressed");
  const found = new Map<string, number>();
  for (let row = 0; row < batch.rows; row++) found.set(chunkIdAt(ids, row), Number(sizes?.[row] ?? 0));
  return found;
}

function hexOf(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
