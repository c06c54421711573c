import type { StoreId } from "@rerun-ts/core";
import { messageOf } from "@rerun-ts/core/checks";
import type { ChunkMessage } from "@rerun-ts/core/decode";
import { MESSAGE_HEADER_LENGTH, storeKey } from "@rerun-ts/core/rrd";
import { getOrAdd } from "@rerun-ts/core/util";
import type { Damage, PlacedMessage } from "../source/frame-reader.ts";
import type { RandomAccess, ReadOptions } from "../source/random-access.ts";
import { scan } from "../source/scan.ts";
import { ChunkData } from "../store/chunk-data.ts";
import { describeChunk } from "../store/describe-chunk.ts";
import type { SchemaCache } from "../store/schema-cache.ts";
import { StoreIndex } from "../store/store-index.ts";

/** The stores of a source, in the order of their first messages. */
export class StoreSet {
  readonly #stores = new Map<string, StoreIndex>();

  get all(): readonly StoreIndex[] {
    return [...this.#stores.values()];
  }

  /** The store with this id. A missing store is created. */
  of(storeId: StoreId): StoreIndex {
    const key = storeKey(storeId);
    const store = getOrAdd(this.#stores, key, () => new StoreIndex(storeId));
    return store;
  }

  /** The store with this id, if there is one. */
  find(storeId: StoreId): StoreIndex | undefined {
    return this.#stores.get(storeKey(storeId));
  }

  /** The id of a store. Messages of Rerun before 0.26 lack the application id, which the store info provides. */
  resolve(storeId: StoreId): StoreId {
    if (storeId.applicationId !== "") return storeId;
    const { kind, recordingId } = storeId;
    const known = this.all.find(({ storeId: id }) => id.kind === kind && id.recordingId === recordingId);
    return known?.storeId ?? storeId;
  }
}

/** Reads everything once, to make an index. Adds damaged parts to `damage`. */
export async function scanStores(
  access: RandomAccess,
  schemas: SchemaCache,
  damage: Damage[],
  options?: ReadOptions,
): Promise<StoreSet> {
  const stores = new StoreSet();
  await scanInto(stores, access, 0, schemas, damage, options);
  damage.sort((a, b) => a.offset - b.offset);
  return stores;
}

/**
 * Reads everything once, and adds it to stores.
 * @param start the position of the source among the sources of the stores
 */
export async function scanInto(
  stores: StoreSet,
  access: RandomAccess,
  start: number,
  schemas: SchemaCache,
  damage: Damage[],
  options?: ReadOptions,
): Promise<void> {
  const found: Damage[] = [];
  for await (const messages of scan(access, found, options)) {
    for (const { message, offset } of messages)
      addMessage(stores, { message, offset: start + offset }, schemas, damage);
  }
  for (const { offset, ...other } of found) damage.push({ ...other, offset: start + offset });
}

function addMessage(
  stores: StoreSet,
  { message, offset }: PlacedMessage,
  schemas: SchemaCache,
  damage: Damage[],
): void {
  if (message.kind === "end") return;
  const store = stores.of(stores.resolve(message.storeId));
  if (message.kind === "storeInfo") store.source ??= message.source;
  if (message.kind !== "chunk") return;
  try {
    addChunk(store, message, { offset, length: message.payload.byteLength }, schemas);
  } catch (error) {
    const start = offset - MESSAGE_HEADER_LENGTH;
    const lostBytes = MESSAGE_HEADER_LENGTH + message.payload.byteLength;
    damage.push({ reason: messageOf(error), offset: start, lostBytes });
  }
}

/** Adds a chunk to the index of its store. @throws {RerunError} if the chunk is damaged, or its format is unknown */
export function addChunk(
  store: StoreIndex,
  message: ChunkMessage,
  place: { readonly offset: number; readonly length: number },
  schemas: SchemaCache,
): ChunkData {
  const chunk = ChunkData.read(message.readArrow(), schemas);
  store.addDescribed(describeChunk(chunk, place), chunk);
  return chunk;
}
