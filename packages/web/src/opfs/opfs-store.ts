import type { EncodedMessage } from "@rerun-ts/core";
import { toStoredMessage, type SpoolSegment, type SpoolStore, type SpoolStoreEvents } from "@rerun-ts/core/storage";
import { countRows } from "./read-segment.ts";
import { StorageClient } from "./storage-client.ts";
import type { CreateWorker } from "../page/create-worker.ts";
import type { OpfsStorageOptions } from "./storage-types.ts";

/** Options of an {@link OpfsStore}. */
export interface OpfsStoreOptions {
  readonly storage: OpfsStorageOptions;
  readonly maxQueueBytes: number;
  readonly createWorker: CreateWorker;
}

/** A {@link SpoolStore} in the origin private file system. */
export class OpfsStore implements SpoolStore {
  readonly key: string;
  readonly isSynchronous = false;
  readonly #options: OpfsStoreOptions;
  #client: StorageClient | undefined;

  constructor(options: OpfsStoreOptions) {
    this.#options = options;
    this.key = `opfs:${options.storage.folder}`;
  }

  open(events: SpoolStoreEvents): Promise<void> {
    const { storage, maxQueueBytes, createWorker } = this.#options;
    this.#client = new StorageClient(
      storage,
      { maxQueueBytes, ownsMemory: false },
      {
        onFound: (bytes) => events.onFound(bytes),
        onEvicted: (evicted) => {
          const { rows = 0, rrd } = evicted;
          events.onEvicted({ ...evicted, rows: rrd === undefined ? rows : countRows(rrd) });
        },
        onUnstored: (unstored) => events.onUnstored(unstored),
        onWritten: () => {},
        onWarning: (message) => events.onWarning(message),
        onFailure: (error) => events.onFailure(error),
        onWorking: () => events.onWorking(),
        onReturn: () => {},
      },
    );
    return this.#client.open(createWorker);
  }

  append(message: EncodedMessage, id: number): void {
    this.#client?.append(id, toStoredMessage(message));
  }

  claim(id: number): void {
    this.#client?.control({ type: "claim", id });
  }

  seal(): void {
    this.#client?.control({ type: "seal" });
  }

  async read(after: number): Promise<SpoolSegment | undefined> {
    return this.#client?.read(after);
  }

  release(id: number): void {
    this.#client?.control({ type: "release", id });
  }

  /** A worker that does not answer has stored nothing of the rest, which is reported. */
  async flush(): Promise<void> {
    await this.#client?.flush().catch(() => this.#client?.close(false, 0));
  }

  async close(isEmpty: boolean): Promise<void> {
    await this.#client?.close(isEmpty);
  }
}
