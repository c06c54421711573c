import { RerunError, VERSION } from "@rerun-ts/core";
import { messageOf } from "@rerun-ts/core/checks";
import type { StoredMessage } from "@rerun-ts/core/storage";
import { waitWithProgress } from "@rerun-ts/core/transport";
import type { CreateWorker } from "../page/create-worker.ts";
import type { AppendedItem, FromStorage, ToStorage } from "./storage-protocol.ts";
import { StorageQueue } from "./storage-queue.ts";
import type { EvictedData, OpfsStorageOptions, StoredSegment, UnstoredData } from "./storage-types.ts";

/**
 * The maximum number of bytes on their way to the worker. The rest stays in the queue of the page, which can drop it.
 */
const POSTED_BYTES = 8 * 1024 * 1024;
/** Longest time that the worker may take to load and start. A policy that blocks it may cause no error at all. */
const START_MS = 10_000;
/** Longest time without an answer of the worker, while it has requests. */
const STALL_MS = 5000;
/** The shortest such time at the end, however little time the page gives. */
const MIN_STALL_MS = 2000;

/** Events of a {@link StorageClient}. */
export interface StorageClientEvents {
  onFound(bytes: number): void;
  onEvicted(evicted: EvictedData): void;
  onUnstored(unstored: UnstoredData): void;
  /** Bytes are written, whether stored or reported as unstored. */
  onWritten(bytes: number): void;
  onWarning(message: string): void;
  /** Messages cannot be stored: until {@link onWorking}, or for good, if the worker has ended. */
  onFailure(error: RerunError): void;
  onWorking(): void;
  /** Memory that was given away comes back. */
  onReturn(payload: Uint8Array<ArrayBuffer>): void;
}

/** Settles a call of the page. */
type Settle = (segment: StoredSegment | undefined) => void;

/** The page's side of an `OpfsStorage` in a worker: a bounded queue, and calls that the worker answers. */
export class StorageClient {
  readonly #options: OpfsStorageOptions;
  readonly #events: StorageClientEvents;
  readonly #ownsMemory: boolean;
  readonly #queue: StorageQueue;
  readonly #calls = new Map<number, Settle>();
  #worker: Worker | undefined;
  /** The items that the worker has not reported as written, by request, oldest first. */
  #posted: UnstoredData[][] = [];
  #postedBytes = 0;
  /** The number of messages of the worker. */
  #answers = 0;
  #startTimer: ReturnType<typeof setTimeout> | undefined;
  #nextCall = 0;
  #isPosting = false;
  #failure: RerunError | undefined;
  #onOpened: { resolve: () => void; reject: (error: RerunError) => void } | undefined;

  /** @param ownsMemory whether messages may be transferred to the worker, which returns their memory */
  constructor(
    options: OpfsStorageOptions,
    { maxQueueBytes, ownsMemory }: { readonly maxQueueBytes: number; readonly ownsMemory: boolean },
    events: StorageClientEvents,
  ) {
    this.#options = options;
    this.#ownsMemory = ownsMemory;
    this.#queue = new StorageQueue(maxQueueBytes);
    this.#events = events;
  }

  /** Bytes that are not written yet. */
  get unwrittenBytes(): number {
    return this.#queue.bytes + this.#postedBytes;
  }

  /** Starts the worker. Rejects with the reason if the storage cannot be opened. */
  open(createWorker: CreateWorker): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#onOpened = { resolve, reject };
      try {
        this.#worker = createWorker();
        this.#worker.addEventListener("message", ({ data }: MessageEvent<FromStorage>) => this.#onMessage(data));
      } catch (error) {
        return this.#onWorkerError(messageOf(error), error);
      }
      this.#worker.addEventListener("error", (event) => {
        event.preventDefault();
        this.#onWorkerError(event.message);
      });
      const silent = `it did not start within ${START_MS} ms`;
      this.#startTimer = setTimeout(() => this.#onWorkerError(silent), START_MS);
      this.#post({ type: "open", version: VERSION, options: this.#options });
    });
  }

  append(id: number, message: StoredMessage): void {
    const size = message.payload.byteLength;
    for (const dropped of this.#queue.makeRoom(size)) this.#reportUnstored(dropped);
    this.#queue.push({ item: { id, message } });
    this.#postSoon();
  }

  /** Sends a request that refers to the messages before it. */
  control(control: ToStorage): void {
    this.#queue.push({ control });
    this.#postSoon();
  }

  /**
   * Settles when everything so far is on the disk, or was reported as not stored. Rejects with `TIMEOUT` if the worker
   * does not answer.
   */
  async flush(): Promise<void> {
    if (await this.#answered({ type: "flush" }, STALL_MS)) return;
    throw new RerunError("TIMEOUT", this.#silence);
  }

  read(after: number): Promise<StoredSegment | undefined> {
    return this.#call((call) => ({ type: "read", call, after }));
  }

  /** Closes the storage and ends the worker. Everything is reported as not stored that a silent worker still has. */
  async close(isEmpty: boolean, timeoutMs: number = Infinity): Promise<void> {
    const stallMs = Math.min(STALL_MS, Math.max(MIN_STALL_MS, timeoutMs * 0.9));
    const isAnswered = await this.#answered({ type: "close", isEmpty }, stallMs);
    this.#end(
      isAnswered ? new RerunError("CLOSED", "the storage is closed") : new RerunError("TIMEOUT", this.#silence),
    );
  }

  get #silence(): string {
    return `timed out writing to ${this.#options.name}: its worker does not answer`;
  }

  /** Whether the worker has answered a request, without a pause of `stallMs`. */
  #answered(request: { type: "flush" } | { type: "close"; isEmpty: boolean }, stallMs: number): Promise<boolean> {
    const work = this.#call((call) => ({ ...request, call })).then(() => undefined);
    return waitWithProgress(work, () => this.#answers, Infinity, stallMs);
  }

  #call(request: (call: number) => ToStorage): Promise<StoredSegment | undefined> {
    if (this.#failure !== undefined) return Promise.resolve(undefined);
    const call = this.#nextCall++;
    return new Promise((resolve) => {
      this.#calls.set(call, resolve);
      this.control(request(call));
      // Posts now, because the page may end before a deferred task runs.
      this.#postNow();
    });
  }

  /** Messages of one task are posted together. */
  #postSoon(): void {
    if (this.#isPosting) return;
    this.#isPosting = true;
    queueMicrotask(() => this.#postNow());
  }

  #postNow(): void {
    this.#isPosting = false;
    if (this.#failure !== undefined) return this.#dropAll();
    let items: AppendedItem[] = [];
    const postItems = (): void => {
      this.#postItems(items);
      items = [];
    };
    for (let next = this.#queue.first; next !== undefined; next = this.#queue.first) {
      if ("item" in next && this.#postedBytes > POSTED_BYTES) break;
      this.#queue.shift();
      if ("item" in next) {
        items.push(next.item);
        this.#postedBytes += next.item.message.payload.byteLength;
      } else {
        postItems();
        this.#post(next.control);
      }
    }
    postItems();
  }

  #postItems(items: readonly AppendedItem[]): void {
    if (items.length === 0) return;
    const bytes = items.reduce((sum, { message }) => sum + message.payload.byteLength, 0);
    const sizes = items.map(({ id, message: { rows, payload, retentionKey: key } }) => ({
      id,
      rows,
      bytes: payload.byteLength,
      key,
    }));
    this.#posted.push(sizes);
    const transfer = this.#ownsMemory ? items.map(({ message }) => message.payload.buffer) : [];
    this.#post({ type: "append", items, bytes, returns: this.#ownsMemory }, transfer);
  }

  #post(message: ToStorage, transfer: Transferable[] = []): void {
    this.#worker?.postMessage(message, transfer);
  }

  #onMessage(data: FromStorage): void {
    if (this.#answers++ === 0) this.#checkStart(data);
    if (this.#failure !== undefined) return;
    switch (data.type) {
      case "started":
        return;
      case "opened":
        return this.#onOpened?.resolve();
      case "refused":
        return this.#end(this.#error(data.code, `cannot open ${this.#options.name}: ${data.message}`));
      case "written":
        this.#postedBytes -= data.bytes;
        this.#posted.shift();
        for (const payload of data.payloads) this.#events.onReturn(payload);
        this.#events.onWritten(data.bytes);
        return this.#postNow();
      case "done":
        this.#calls.get(data.call)?.(data.segment);
        return void this.#calls.delete(data.call);
      case "found":
        return this.#events.onFound(data.bytes);
      case "evicted":
        return this.#events.onEvicted(data.evicted);
      case "unstored":
        this.#posted[0] = (this.#posted[0] ?? []).filter(
          ({ id, key }) => id !== data.unstored.id || key !== data.unstored.key,
        );
        return this.#events.onUnstored(data.unstored);
      case "warning":
        return this.#events.onWarning(data.message);
      case "failure":
        return this.#events.onFailure(this.#error(data.code, `cannot write to ${this.#options.name}: ${data.message}`));
      case "working":
        return this.#events.onWorking();
    }
  }

  /** Checks the first message: pages may name a copy of an older file, or another one. */
  #checkStart(data: FromStorage): void {
    clearTimeout(this.#startTimer);
    const { type, version } = (data ?? {}) as { readonly type?: unknown; readonly version?: unknown };
    if (type === "started" && version === VERSION) return;
    const program = type === "started" ? `of version ${String(version)}` : "another program, or an older version";
    this.#onWorkerError(`it is ${program}, and must be \`@rerun-ts/web/opfs-worker\` of version ${VERSION}`);
  }

  /** @param reason absent if the file of the worker could not be loaded, or a policy forbids the worker */
  #onWorkerError(reason: string | undefined, cause?: unknown): void {
    const detail = reason === undefined || reason === "" ? "" : `: ${reason}`;
    const message = `the worker for ${this.#options.name} could not be started, or failed${detail}; see the option \`createWorker\``;
    this.#end(new RerunError("UNSUPPORTED", message, { cause, argument: "createWorker" }));
  }

  #error(code: RerunError["code"], message: string): RerunError {
    return new RerunError(code, message, { argument: "name" });
  }

  /** Nothing can be stored any more. */
  #end(error: RerunError): void {
    if (this.#failure !== undefined) return;
    this.#failure = error;
    clearTimeout(this.#startTimer);
    this.#worker?.terminate();
    this.#onOpened?.reject(error);
    if (error.code !== "CLOSED") this.#events.onFailure(error);
    for (const settle of this.#calls.values()) settle(undefined);
    this.#calls.clear();
    this.#dropAll();
  }

  #dropAll(): void {
    for (const unstored of this.#posted.splice(0).flat()) this.#events.onUnstored(unstored);
    this.#postedBytes = 0;
    for (const entry of this.#queue.takeAll()) if ("item" in entry) this.#reportUnstored(entry.item);
  }

  #reportUnstored({ id, message }: AppendedItem): void {
    const { rows, payload, retentionKey: key } = message;
    this.#events.onUnstored({ id, key, rows, bytes: payload.byteLength });
  }
}
