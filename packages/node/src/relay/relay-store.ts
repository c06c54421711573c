import type { StoreId } from "@rerun-ts/core";
import type { LogMsgOutline } from "./grpc/log-msg.ts";
import { LENGTH_DELIMITED, forEachField, readVarint } from "@rerun-ts/core/transport";

/** `StoreKind.STORE_KIND_BLUEPRINT`. Source: common.proto. */
const BLUEPRINT = 2;

/** Time after its last message during which a store counts as being written. */
const UNUSED_AFTER_MS = 10 * 60_000;

/** From this number of stores on, stores without retained messages are evicted. */
const MANY_STORES = 10_000;

/**
 * A store that relayed messages belong to: a recording or a blueprint. It holds the data for deduplication: the ids of
 * the retained chunks, and the last store info. Stores are found by their encoded id. When there are many stores, those
 * without retained messages are evicted.
 */
export class RelayStore {
  readonly id: StoreId;
  /** The ids of the retained chunks, as encoded in their messages. */
  readonly chunkIds: Set<string> = new Set();
  /** The retained `SetStoreInfo` that opened the store, encoded. */
  openedBy: Buffer | undefined;
  /** Time when the last message for the store arrived, on the clock of `performance.now`. */
  lastWrittenAt: number = performance.now();

  constructor(id: StoreId) {
    this.id = id;
  }

  get isBlueprint(): boolean {
    return this.id.kind === "blueprint";
  }
}

/** The stores that messages refer to. */
export class RelayStores {
  readonly #stores = new Map<string, RelayStore>();
  /** Stores by their ids without the application, which messages of Rerun before 0.26 lack. */
  readonly #withoutApplication = new Map<string, RelayStore>();
  #evictAt = MANY_STORES;
  #last = Buffer.alloc(0);
  #lastStore: RelayStore | undefined;

  get size(): number {
    return this.#stores.size;
  }

  [Symbol.iterator](): IterableIterator<RelayStore> {
    return this.#stores.values();
  }

  /** Whether a message that opens a store is retained. */
  isOpen(id: StoreId): boolean {
    return this.#stores.get(keyOf(id))?.openedBy !== undefined;
  }

  /**
   * The store of a store info, which has the application also if the id lacks it, as that of Rerun before 0.26.
   * @throws {ProtobufError} if the id is malformed
   */
  open(bytes: Buffer, outline: StorePlaces): RelayStore {
    const { storeStart, storeEnd, applicationStart, applicationEnd } = outline;
    const id = readStoreId(bytes, storeStart, storeEnd);
    if (id.applicationId !== "" || applicationStart === applicationEnd) return this.find(bytes, storeStart, storeEnd);
    const applicationId = readText(bytes, applicationStart, applicationEnd);
    const store = this.#storeOf({ ...id, applicationId });
    this.#withoutApplication.set(keyOf(id), store);
    // The last store may be the one that had no application.
    this.#lastStore = undefined;
    return store;
  }

  /** The store with the encoded `StoreId` between `start` and `end`. @throws {ProtobufError} if the id is malformed */
  find(bytes: Buffer, start: number, end: number): RelayStore {
    // Nearly always this is the store of the previous message.
    if (this.#lastStore !== undefined && isSame(this.#last, bytes, start, end)) return this.#lastStore;
    const id = readStoreId(bytes, start, end);
    const store = (id.applicationId === "" && this.#withoutApplication.get(keyOf(id))) || this.#storeOf(id);
    this.#last = Buffer.from(bytes.subarray(start, end));
    this.#lastStore = store;
    return store;
  }

  #storeOf(id: StoreId): RelayStore {
    const key = keyOf(id);
    let store = this.#stores.get(key);
    if (store === undefined) {
      this.#evictEmpty();
      this.#stores.set(key, (store = new RelayStore(id)));
    }
    return store;
  }

  /**
   * Returns a predicate for the stores that still need their opening messages: stores with data or a writer, and the
   * blueprints for them.
   */
  inUse(): (store: RelayStore) => boolean {
    const now = performance.now();
    const hasData = ({ chunkIds, lastWrittenAt, isBlueprint }: RelayStore): boolean =>
      (!isBlueprint && chunkIds.size > 0) || now - lastWrittenAt < UNUSED_AFTER_MS;
    const stores = [...this.#stores.values()].filter(hasData);
    const applications = new Set(stores.map(({ id }) => id.applicationId));
    return (store) => hasData(store) || (store.isBlueprint && applications.has(store.id.applicationId));
  }

  /** Bounds the number of stores: clients may open new ones as long as a relay runs. */
  #evictEmpty(): void {
    if (this.#stores.size < this.#evictAt) return;
    for (const [key, { chunkIds, openedBy }] of this.#stores)
      if (chunkIds.size === 0 && openedBy === undefined) this.#stores.delete(key);
    for (const [key, store] of this.#withoutApplication)
      if (!this.#stores.has(keyOf(store.id))) this.#withoutApplication.delete(key);
    this.#evictAt = Math.max(MANY_STORES, this.#stores.size * 2);
  }
}

/** Whether `expected` is between `start` and `end`: for a few bytes faster than a call of `compare`. */
function isSame(expected: Buffer, bytes: Buffer, start: number, end: number): boolean {
  if (expected.length !== end - start) return false;
  for (let index = 0; index < expected.length; index++) if (expected[index] !== bytes[start + index]) return false;
  return true;
}

/** The positions of the ids of a store info, as {@link LogMsgOutline} has them. */
type StorePlaces = Pick<LogMsgOutline, "storeStart" | "storeEnd" | "applicationStart" | "applicationEnd">;

function keyOf({ kind, applicationId, recordingId }: StoreId): string {
  return JSON.stringify([kind, applicationId, recordingId]);
}

/** The text of an encoded `ApplicationId`. */
function readText(bytes: Buffer, start: number, end: number): string {
  let text = "";
  forEachField(bytes, start, end, ({ number, wireType, start: from, end: to }) => {
    if (number === 1 && wireType === LENGTH_DELIMITED) text = bytes.toString("utf8", from, to);
  });
  return text;
}

function readStoreId(bytes: Buffer, start: number, end: number): StoreId {
  let kind = 0;
  let [recordingId, applicationId] = ["", ""];
  forEachField(bytes, start, end, (field) => {
    if (field.number === 1 && field.wireType === 0) kind = readVarint(bytes, field.start, field.end);
    if (field.wireType !== LENGTH_DELIMITED) return;
    if (field.number === 2) recordingId = bytes.toString("utf8", field.start, field.end);
    if (field.number === 3) applicationId = readText(bytes, field.start, field.end);
  });
  // An unknown kind counts as a recording. The message is passed on unchanged, as by Rerun's server.
  return { kind: kind === BLUEPRINT ? "blueprint" : "recording", applicationId, recordingId };
}
