import { RerunError, type EncodedMessage, type SinkStats } from "@rerun-ts/core";
import { checkOptions, invalidArgument, messageOf, nonNegative, type OptionNames } from "@rerun-ts/core/checks";
import { storeKey } from "@rerun-ts/core/encode";
import {
  MAX_RETAINED_BYTES,
  RetainedMessages,
  SinkStatus,
  StaticRepetition,
  type RecordingSinkContext,
} from "@rerun-ts/core/transport";
import { getOrAdd, randomId, sleep } from "@rerun-ts/core/util";
import { checkDataset } from "../parts/part-key.ts";
import { checkPartStore, type PartStore } from "../parts/part-store.ts";
import { LEAST_PARTS, UploadingSink, type PendingParts } from "../parts/uploading-sink.ts";
import { PartBuilder } from "./part-builder.ts";
import { PageParts, partFileName, type PagePart } from "./page-parts.ts";

const MAX_BYTES = 8_000_000;
const MAX_SECONDS = 10;
const MAX_SPOOL_BYTES = 256_000_000;
const UPLOADS = 2;
/** Interval of looks for parts that other pages have left, and of attempts to store parts that are in memory. */
const LOOK_MS = 15_000;

/** Options of {@link PartsSink}. */
export interface PartsSinkOptions {
  /** The dataset of the recording: the name of a group of recordings, such as `"fleet"`. */
  dataset: string;
  /** The name of the spool in the origin private file system, which pages may share. Default `"default"`. */
  spool?: string | undefined;
  /** The name of this program in keys, for people. Default `"page"`. */
  producer?: string | undefined;
  /** The size at which a part is complete, in bytes. Default 8,000,000. */
  maxBytes?: number | undefined;
  /** The age at which a part is complete, in seconds from its first message. Default 10. */
  maxSeconds?: number | undefined;
  /** The maximum size of the parts of this page in the spool, in bytes. Default 256,000,000. */
  maxSpoolBytes?: number | undefined;
  /** Whether new data is dropped when the spool is full, or the oldest parts. Default `"drop-newest"`. */
  onFull?: "drop-newest" | "drop-oldest" | undefined;
}

const KNOWN: OptionNames<PartsSinkOptions> = {
  dataset: 1,
  spool: 1,
  producer: 1,
  maxBytes: 1,
  maxSeconds: 1,
  maxSpoolBytes: 1,
  onFull: 1,
};

/**
 * Uploads a recording of a page in parts. Complete parts are in the origin private file system until the store has
 * them. So they outlive the page: the next page with the spool sends the parts of earlier pages. Without such a file
 * system, parts are in memory.
 *
 * A part is made in memory, and is complete after 10 seconds or 8 MB. `flush` completes it immediately, and resolves
 * when it is in the file system. With `ack: true` it resolves when the store has everything.
 *
 * @example
 * const store = presignedStore((part) => askServer(part));
 * await rec.setSinks([new PartsSink(store, { dataset: "fleet" })]);
 */
export class PartsSink extends UploadingSink<PagePart> {
  /** Why complete parts cannot be stored now. */
  protected failure: RerunError | undefined;
  readonly #limits: { readonly maxBytes: number; readonly maxMs: number; readonly maxSpoolBytes: number };
  readonly #status = new SinkStatus("parts-upload");
  readonly #files: PageParts;
  readonly #retained: RetainedMessages;
  /** The parts that are being made, and the numbers of the last ones, by the keys of their stores. */
  readonly #open = new Map<string, PartBuilder>();
  readonly #numbers = new Map<string, number>();
  readonly #repetitions = new Map<string, StaticRepetition>();
  /** The failure to store parts since the last flush. */
  #loss: RerunError | undefined;
  #isEnded = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #saved: Promise<void> = Promise.resolve();
  /** The first look for parts of ended pages. */
  #looked: Promise<void> = Promise.resolve();
  #look: ReturnType<typeof setTimeout> | undefined;
  #problems = new Set<string>();

  /**
   * @param store the store, such as that of `presignedStore`
   * @throws {TypeError} if an argument is wrong
   */
  constructor(store: PartStore, options: PartsSinkOptions) {
    checkPartStore(store);
    checkOptions("PartsSink", options, KNOWN);
    const {
      spool = "default",
      producer = "page",
      onFull = "drop-newest",
    } = options ?? ({} as Partial<PartsSinkOptions>);
    const dataset = checkDataset(options?.dataset);
    for (const [name, value] of Object.entries({ spool, producer }))
      if (typeof value !== "string") throw invalidArgument(name, "a name", value);
    const nextSender = "the next page with the spool sends them";
    super(store, { dataset, onFull, uploads: UPLOADS, where: " in the spool", nextSender, sendsLeft: true });
    const maxSpoolBytes = nonNegative("maxSpoolBytes", options.maxSpoolBytes ?? MAX_SPOOL_BYTES);
    const maxBytes = Math.min(nonNegative("maxBytes", options.maxBytes ?? MAX_BYTES), maxSpoolBytes / LEAST_PARTS);
    const maxMs = 1000 * nonNegative("maxSeconds", options.maxSeconds ?? MAX_SECONDS);
    this.#limits = { maxBytes, maxMs, maxSpoolBytes };
    this.#retained = new RetainedMessages(Math.min(MAX_RETAINED_BYTES, maxBytes / 2));
    this.#files = new PageParts(store, spool, { dataset, producer, run: randomId() });
  }

  protected get openBytes(): number {
    let bytes = 0;
    for (const { newBytes, repeatedBytes } of this.#open.values()) bytes += newBytes + repeatedBytes;
    return bytes;
  }

  protected get maxBytes(): number {
    return this.#limits.maxSpoolBytes;
  }

  /** Parts of earlier pages stay. */
  protected get pending(): PendingParts {
    const { uploader } = this;
    return {
      get pendingParts() {
        return uploader.ownParts;
      },
      get pendingBytes() {
        return uploader.ownBytes;
      },
      removeOldest: () => uploader.removeOldest(true),
    };
  }

  protected async openStorage(context: RecordingSinkContext): Promise<void> {
    this.#status.attach(context);
    await this.#store();
    this.#loss = undefined;
    this.#status.change("open");
    page()?.addEventListener("pagehide", this.#onHide);
    if (PageParts.areSupported) this.#looked = this.#lookForLeft();
  }

  protected write(message: EncodedMessage): void {
    if (this.#status.state !== "open") return this.#status.drop(message, "closed");
    const { maxBytes, maxMs } = this.#limits;
    const key = storeKey(message.storeId);
    const repetition = getOrAdd(this.#repetitions, key, () => new StaticRepetition());
    let part = this.#open.get(key);
    if (part === undefined) {
      this.#open.set(key, (part = new PartBuilder(message.storeId)));
      const retained = this.#retained.inOrder.filter(({ storeId }) => storeKey(storeId) === key);
      for (const first of repetition.select(retained)) part.repeat(first);
      this.#timer ??= setTimeout(() => this.#cut(), Math.min(maxMs, 2 ** 31 - 1));
    }
    part.add(message);
    repetition.count(message);
    this.#status.sentBytes += message.payload.byteLength;
    this.#retain(message);
    // Layouts are not divided, because viewers need a whole layout.
    const isRecording = message.storeId.kind === "recording";
    if (isRecording ? part.isFull(maxBytes) : message.kind === "activation") this.#finish(key, part);
  }

  protected retainLost(message: EncodedMessage): void {
    this.#retain(message);
    if (message.isStatic) this.repeatStatics();
  }

  protected repeatStatics(): void {
    for (const repetition of this.#repetitions.values()) repetition.repeatNext();
  }

  /** Parts are sent from memory, too. */
  protected async flushStorage(ack: boolean): Promise<void> {
    this.#cut();
    await this.#saved;
    const loss = this.#loss;
    this.#loss = undefined;
    if (loss !== undefined && !ack && this.#files.unsaved.length > 0) throw loss;
  }

  protected async seal(timeoutMs: number, signal: AbortSignal | undefined): Promise<void> {
    page()?.removeEventListener("pagehide", this.#onHide);
    this.#cut();
    this.#status.change("closed");
    await this.#saved;
    const limit = new AbortController();
    const ended = signal === undefined ? limit.signal : AbortSignal.any([limit.signal, signal]);
    await Promise.race([this.#looked, sleep(timeoutMs, ended)]);
    limit.abort();
  }

  /** Parts that are in memory end with the page. */
  protected async closeStorage(): Promise<void> {
    this.#isEnded = true;
    clearTimeout(this.#look);
    const lost = this.#files.unsaved;
    await this.#files.end();
    for (const { rows, bytes } of lost) this.#status.countDrop({ rows, bytes, reason: "closed" });
    if (lost.length > 0) throw this.failure;
  }

  protected sendPart(part: PagePart, signal: AbortSignal): Promise<boolean> {
    return this.#files.send(part, signal);
  }

  protected removePart(part: PagePart): void {
    this.#files.remove(part);
  }

  protected storageStats(): SinkStats {
    return this.#status.stats();
  }

  /** Begins to store the current part, because the page may end. */
  readonly #onHide = (): void => {
    this.#status.flushRows();
    this.#cut();
  };

  /** Completes all parts that are being made. */
  #cut(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    for (const [key, part] of this.#open) this.#finish(key, part);
  }

  #finish(key: string, builder: PartBuilder): void {
    this.#open.delete(key);
    const number = (this.#numbers.get(key) ?? 0) + 1;
    this.#numbers.set(key, number);
    const { kind, applicationId, recordingId } = builder.storeId;
    const isRecording = kind === "recording";
    const name = partFileName(isRecording ? "recording" : "layout", isRecording ? recordingId : applicationId, number);
    const contents = builder.finish();
    const part = { name, contents, bytes: contents.size, rows: builder.rows, hasStatics: builder.hasStatics };
    this.uploader.reserve(part);
    this.#files.add(part);
    this.#saved = this.#saved.then(() => this.#store()).then(() => this.uploader.start(part));
  }

  #retain(message: EncodedMessage): void {
    if (message.isStatic && message.storeId.kind === "recording")
      this.#retained.add({ ...message, payload: message.payload.slice() });
  }

  /** Stores the parts that are in memory. Never rejects: what cannot be stored is sent from memory. */
  async #store(): Promise<void> {
    try {
      await this.#files.save();
      this.failure = undefined;
    } catch (error) {
      const isFirst = this.failure === undefined;
      const reason = `cannot store parts in the spool: ${messageOf(error)}`;
      const text = `${reason}; they are in memory until that works, or until they are sent`;
      this.failure = this.#status.lastError = new RerunError("IO_ERROR", text, { cause: error });
      // Where the file does not exist system, nobody expects it.
      if (PageParts.areSupported) this.#loss = this.failure;
      if (isFirst) this.#status.warn(text, "IO_ERROR");
    }
  }

  /** Takes the parts of pages that have ended, now and from time to time. Never rejects. */
  async #lookForLeft(): Promise<void> {
    const problems = new Set<string>();
    try {
      await this.#files.takeLeft(
        (part) => this.uploader.add(part),
        (problem) => problems.add(problem),
      );
    } catch (error) {
      problems.add(messageOf(error));
    }
    if (this.#isEnded) return;
    for (const problem of problems)
      if (!this.#problems.has(problem)) this.#status.warn(`parts of earlier pages stay in the spool: ${problem}`);
    this.#problems = problems;
    this.#look = setTimeout(() => {
      if (this.failure !== undefined) this.#saved = this.#saved.then(() => this.#store());
      void this.#lookForLeft();
    }, LOOK_MS);
  }
}

/** The window of a page, or a worker itself. Pages that tests simulate on Node have no global `addEventListener`. */
function page(): EventTarget | null {
  const { document } = globalThis as { readonly document?: { readonly defaultView: EventTarget | null } };
  return document === undefined ? globalThis : document.defaultView;
}
