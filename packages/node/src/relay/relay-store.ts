import type { StoreId } from "@rerun-ts/core";
import { forEachField, readVarint } from "./protobuf-fields.ts";

/** `StoreKind.STORE_KIND_BLUEPRINT`. Source: common.proto. */
const BLUEPRINT = 2;
const LENGTH_DELIMITED = 2;

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
    if (store === undefined) this.#stores.set(key, (store = new RelayStore(id)));
    this.#last = Buffer.from(bytes.subarray(start, end));
    this.#lastStore = store;
    return store;
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
