import type { DropReason, EncodedMessage, RerunError, SinkStats } from "@rerun-ts/core";
import { invalidArgument } from "@rerun-ts/core/checks";
import type { RecordingSink, RecordingSinkContext } from "@rerun-ts/core/transport";
import { gateOf } from "../store/store-gate.ts";
import type { PartStore } from "./part-store.ts";
import { PartUploader, type WaitingPart } from "./part-uploader.ts";
import type { PartsSinkUploads } from "./parts-sink-uploads.ts";
import { UploadFailures } from "./upload-failures.ts";

/** Time for uploads at the end of a program without a limit of its own. Unsent parts stay in the spool. */
const CLOSE_MS = 60_000;
/** The least number of parts that a full spool has, so that there is an oldest one. */
export const LEAST_PARTS = 4;

/** The parts that are stored, and wait to be sent. */
export type PendingParts = Pick<PartUploader<WaitingPart>, "pendingParts" | "pendingBytes" | "removeOldest">;

/** Options of an {@link UploadingSink}. */
export interface UploadingSinkOptions {
  readonly dataset: string;
  /** Whether new data is dropped when the spool is full, or the oldest parts. */
  readonly onFull: "drop-newest" | "drop-oldest";
  /** The number of uploads at a time. */
  readonly uploads: number;
  /** The place of the parts in warnings, such as " in /spool", and who sends the parts that are left there. */
  readonly where: string;
  readonly nextSender: string;
  /** Whether `close` tries the parts of earlier programs, too. */
  readonly sendsLeft: boolean;
}

/**
 * Uploads a recording in parts, which it keeps on this machine until the store has them. This class decides what
 * happens with full storage, with failures, and at the end. Its subclasses make and keep the parts: in a folder, or in
 * the origin private file system of a page. They add complete parts to `uploader`.
 */
export abstract class UploadingSink<Part extends WaitingPart> implements RecordingSink {
  readonly kind = "parts-upload";
  readonly key: string;
  readonly isSynchronous = true;
  readonly needsEventLoop = true;
  protected readonly store: PartStore;
  protected readonly uploader: PartUploader<Part>;
  protected context: RecordingSinkContext | undefined;
  readonly #options: UploadingSinkOptions;
  #dropped = { rows: 0, bytes: 0 };

  /** @throws {TypeError} if an option is wrong */
  protected constructor(store: PartStore, options: UploadingSinkOptions) {
    const { dataset, onFull, uploads, where } = options;
    if (onFull !== "drop-newest" && onFull !== "drop-oldest")
      throw invalidArgument("onFull", '"drop-newest" or "drop-oldest"', onFull);
    this.#options = options;
    this.store = store;
    this.key = `parts-upload:${store.url}/${dataset}`;
    const warn = (text: string): void => this.context?.onWarning(text);
    const failures = new UploadFailures(where, warn);
    const events = {
      onFailure: (error: RerunError) => failures.report(error),
      onRefused: (error: RerunError, part: Part, count: number) => {
        this.#onLost(part);
        failures.reportRefused(error, part.name, count);
      },
      onRemoved: (part: Part) => this.#onLost(part),
      onSent: () => {
        failures.reset();
        this.onSent?.();
      },
      onGone: (part: Part) => {
        warn(`${part.name} was removed${where}, and cannot be sent`);
        this.#onLost(part);
        this.#drop(part, "expired");
      },
    };
    const transfer = {
      send: (part: Part, signal: AbortSignal) => this.sendPart(part, signal),
      remove: (part: Part) => this.removePart(part),
    };
    this.uploader = new PartUploader<Part>(transfer, uploads, events, gateOf(store));
  }

  /** The bytes of the parts that are being made, the complete parts, and the most bytes that both may have now. */
  protected abstract readonly openBytes: number;
  protected abstract readonly pending: PendingParts;
  protected abstract readonly maxBytes: number;
  /** Why data cannot be stored now. */
  protected abstract readonly failure: RerunError | undefined;
  protected abstract openStorage(context: RecordingSinkContext): void | Promise<void>;
  /** Adds a message to the part that is being made. What cannot be stored is counted and reported. */
  protected abstract write(message: EncodedMessage): void;
  /** Keeps a message of the retained state, which was dropped, for later parts. */
  protected abstract retainLost(message: EncodedMessage): void;
  /** The next parts begin with all static data. */
  protected abstract repeatStatics(): void;
  /** Settles when all is stored. Rejects if something was not since the last call. With `ack`, completes all parts. */
  protected abstract flushStorage(ack: boolean): Promise<void>;
  /** Completes all parts, and takes no more messages. */
  protected abstract seal(timeoutMs: number, signal: AbortSignal | undefined): void | Promise<void>;
  /** Releases everything. Rejects if something is not stored. */
  protected abstract closeStorage(): Promise<void>;
  /** The state, and the numbers of sent and dropped data. */
  protected abstract storageStats(): SinkStats;
  /** A part was sent, which frees its room. */
  protected onSent?(): void;
  /** Sends and removes a part. Resolves to `false` if others have removed it. */
  protected abstract sendPart(part: Part, signal: AbortSignal): Promise<boolean>;
  /** Removes a part to make room. */
  protected abstract removePart(part: Part): void;

  /** The state of the uploads. */
  get uploads(): PartsSinkUploads {
    const { failure } = this;
    const state = this.uploader.state();
    return failure === undefined ? state : { ...state, problem: failure.message };
  }

  open(context: RecordingSinkContext): void | Promise<void> {
    this.context = context;
    return this.openStorage(context);
  }

  send(message: EncodedMessage): void {
    if (this.#hasRoom(message)) return this.write(message);
    // Later parts have static data again.
    this.retainLost(message);
    this.#drop({ rows: message.manifest?.rows ?? 0, bytes: message.payload.byteLength });
  }

  async flush({ ack = false }: { readonly ack?: boolean | undefined } = {}): Promise<void> {
    await this.flushStorage(ack);
    if (!ack) return;
    this.uploader.retryNow();
    await this.uploader.drained();
  }

  /** Completes all parts, and sends them as far as possible. */
  async close({
    timeoutMs = CLOSE_MS,
    signal,
  }: { readonly timeoutMs?: number | undefined; readonly signal?: AbortSignal | undefined } = {}): Promise<void> {
    const { uploader } = this;
    const { sendsLeft, nextSender } = this.#options;
    const start = performance.now();
    await this.seal(timeoutMs, signal);
    await uploader.finish(Math.max(0, timeoutMs - (performance.now() - start)), signal, sendsLeft);
    const unsent = sendsLeft ? uploader.pendingParts : uploader.ownParts;
    const what = unsent === 1 ? "1 part was" : `${unsent} parts were`;
    if (unsent > 0) this.context?.onWarning(`${what} not sent to ${this.store.url}: ${nextSender}`);
    uploader.end();
    // A failure to store is reported after the stored parts are sent.
    await this.closeStorage();
  }

  stats(): SinkStats {
    const stats = this.storageStats();
    const { pendingBytes, lastError = stats.lastError } = this.uploader;
    const droppedRows = stats.droppedRows + this.#dropped.rows;
    const droppedBytes = stats.droppedBytes + this.#dropped.bytes;
    return { ...stats, kind: this.kind, queuedBytes: pendingBytes, droppedRows, droppedBytes, lastError };
  }

  /** Whether there is room, perhaps without the oldest parts. Layouts, which are small, and first messages have it. */
  #hasRoom({ payload, kind, storeId }: EncodedMessage): boolean {
    if (kind === "storeInfo" || storeId.kind === "blueprint") return true;
    const { pending } = this;
    const newBytes = this.openBytes + payload.byteLength;
    while (pending.pendingParts > 0 && pending.pendingBytes + newBytes > this.maxBytes) {
      try {
        const removed = this.#options.onFull === "drop-newest" ? undefined : pending.removeOldest();
        if (removed === undefined) return false;
        this.#drop(removed);
      } catch {
        // It cannot be removed now, for example because the folder is read-only.
        return false;
      }
    }
    return true;
  }

  /** The store lacks a part: the next one has its static data. */
  #onLost({ hasStatics }: Part): void {
    if (hasStatics === true) this.repeatStatics();
  }

  #drop({ rows, bytes }: Pick<Part, "rows" | "bytes">, reason: DropReason = "queue-full"): void {
    this.#dropped.rows += rows;
    this.#dropped.bytes += bytes;
    this.context?.onDrop({ rows, bytes, reason });
  }
}
