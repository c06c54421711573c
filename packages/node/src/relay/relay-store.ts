import type { StoreId } from "@rerun-ts/core";
import { forEachField, readVarint } from "./protobuf-fields.ts";

/** `StoreKind.STORE_KIND_BLUEPRINT`. Source: common.proto. */
const BLUEPRINT = 2;
const LENGTH_DELIMITED = 2;

/** From so many stores on those are forgotten of which nothing is held. */
const MANY_STORES = 10_000;

/** A store that messages belong to: a recording, or a blueprint. */
export class RelayStore {
  readonly id: StoreId;
  /** The ids of its chunks that are held, as they stand in the messages. */
  readonly chunkIds: Set<string> = new Set();
  /** What opened it last. */
  openedBy: Buffer | undefined;

  constructor(id: StoreId) {
    this.id = id;
  }

  get isBlueprint(): boolean {
    return this.id.kind === "blueprint";
  }
}

/** The stores that messages have named. */
export class RelayStores {
  readonly #stores = new Map<string, RelayStore>();
  #forgetAt = MANY_STORES;
  #last = Buffer.alloc(0);
  #lastStore: RelayStore | undefined;

  get size(): number {
    return this.#stores.size;
  }

  [Symbol.iterator](): IterableIterator<RelayStore> {
    return this.#stores.values();
  }

  /** The store whose encoded `StoreId` stands there. @throws {ProtobufError} if that is damaged. */
  find(bytes: Buffer, start: number, end: number): RelayStore {
    // Nearly always the one of the message before.
    const isLast = this.#last.length === end - start && this.#last.compare(bytes, start, end) === 0;
    if (isLast && this.#lastStore !== undefined) return this.#lastStore;
    const id = readStoreId(bytes, start, end);
    const key = JSON.stringify([id.kind, id.applicationId, id.recordingId]);
    let store = this.#stores.get(key);
    if (store === undefined) {
      this.#forgetEmpty();
      this.#stores.set(key, (store = new RelayStore(id)));
    }
    this.#last = Buffer.from(bytes.subarray(start, end));
    this.#lastStore = store;
    return store;
  }

  /** There may be new stores for as long as a relay runs. */
  #forgetEmpty(): void {
    if (this.#stores.size < this.#forgetAt) return;
    for (const [key, { chunkIds, openedBy }] of this.#stores)
      if (chunkIds.size === 0 && openedBy === undefined) this.#stores.delete(key);
    this.#forgetAt = Math.max(MANY_STORES, this.#stores.size * 2);
  }
}

function readStoreId(bytes: Buffer, start: number, end: number): StoreId {
  let kind = 0;
  let [recordingId, applicationId] = ["", ""];
  forEachField(bytes, start, end, (field) => {
    if (field.number === 1 && field.wireType === 0) kind = readVarint(bytes, field.start, field.end);
    if (field.wireType !== LENGTH_DELIMITED) return;
    if (field.number === 2) recordingId = bytes.toString("utf8", field.start, field.end);
    if (field.number === 3)
      forEachField(bytes, field.start, field.end, (inner) => {
        if (inner.number === 1 && inner.wireType === LENGTH_DELIMITED)
          applicationId = bytes.toString("utf8", inner.start, inner.end);
      });
  });
  // Another kind than these two does not exist; it is passed on as it is, as Rerun's server does.
  return { kind: kind === BLUEPRINT ? "blueprint" : "recording", applicationId, recordingId };
}
