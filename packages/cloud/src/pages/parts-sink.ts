import type { EncodedMessage, SinkStats } from "@rerun-ts/core";
import { checkOptions, invalidArgument, messageOf, nonNegative, type OptionNames } from "@rerun-ts/core/checks";
import { randomId, storeKey } from "@rerun-ts/core/encode";
import {
  MAX_RETAINED_BYTES,
  RetainedMessages,
  SinkStatus,
  StaticRepetition,
  type RecordingSink,
  type RecordingSinkContext,
} from "@rerun-ts/core/transport";
import { sleep } from "../http/attempt.ts";
import { checkDataset } from "../parts/part-key.ts";
import { checkPartStore, type PartStore } from "../parts/part-store.ts";
import type { WaitingPart } from "../parts/part-queue.ts";
import { PartUploader } from "../parts/part-uploader.ts";
import type { PartsSinkUploads } from "../parts/parts-sink-uploads.ts";
import { UploadFailures, checkOnFull, describeUnsent, hasRoom, uploadsOf } from "../parts/sink-uploads.ts";
import { gateOf } from "../store/store-gate.ts";
import { PartBuilder } from "./part-builder.ts";
import { PageParts, partFileName, type PagePart } from "./page-parts.ts";

const MAX_BYTES = 8_000_000;
const MAX_SECONDS = 10;
const MAX_SPOOL_BYTES = 256_000_000;
/** The least number of parts that a full spool has. */
const LEAST_PARTS = 4;
const UPLOADS = 2;
const CLOSE_MS = 60_000;
/** Interval of looks for parts that other pages have left. */
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
 * A part is made in memory, and is complete after 10 seconds or 8 MB. `flush` completes it at once, and resolves when
 * it is in the file system. With `ack: true` it resolves when the store has everything.
 *
 * @example
 * const store = presignedStore((part) => askServer(part));
 * await rec.setSinks([new PartsSink(store, { dataset: "fleet" })]);
 */
export class PartsSink implements RecordingSink {
  readonly kind = "parts-upload";
  readonly key: string;
  readonly isSynchronous = true;
  readonly needsEventLoop = true;
  readonly #options: {
    readonly spool: string;
    readonly onFull: "drop-newest" | "drop-oldest";
    readonly maxBytes: number;
    readonly maxSeconds: number;
    readonly maxSpoolBytes: number;
  };
  readonly #store: PartStore;
  readonly #status = new SinkStatus("parts-upload");
  readonly #parts: PageParts;
  readonly #uploader: PartUploader<PagePart>;
  readonly #retained: RetainedMessages;
  /** The parts that are being made, and the numbers of the last ones, by the keys of their stores. */
  readonly #open = new Map<string, PartBuilder>();
  readonly #numbers = new Map<string, number>();
  readonly #repetitions = new Map<string, StaticRepetition>();
  #isEnded = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #saved: Promise<void> = Promise.resolve();
  /** The first look for parts of ended pages. */
  #looked: Promise<void> = Promise.resolve();
  #look: ReturnType<typeof setTimeout> | undefined;
  #problems = new Set<string>();
  readonly #failures = new UploadFailures(" in the spool", (text) => this.#status.warn(text));

  /**
   * @param store the store, such as that of `presignedStore`
   * @throws {TypeError} if an argument is wrong
   */
  constructor(store: PartStore, options: PartsSinkOptions) {
    this.#store = checkPartStore(store);
    checkOptions("PartsSink", options, KNOWN);
    const {
      spool = "default",
      producer = "page",
      onFull = "drop-newest",
    } = options ?? ({} as Partial<PartsSinkOptions>);
    const dataset = checkDataset(options?.dataset);
    for (const [name, value] of Object.entries({ spool, producer }))
      if (typeof value !== "string") throw invalidArgument(name, "a name", value);
    checkOnFull(onFull);
    const maxBytes = nonNegative("maxBytes", options.maxBytes ?? MAX_BYTES);
    const maxSeconds = nonNegative("maxSeconds", options.maxSeconds ?? MAX_SECONDS);
    const maxSpoolBytes = nonNegative("maxSpoolBytes", options.maxSpoolBytes ?? MAX_SPOOL_BYTES);
    // A full spool has several parts, so that there is an oldest one.
    const partBytes = Math.min(maxBytes, maxSpoolBytes / LEAST_PARTS);
    this.#options = { spool, onFull, maxBytes: partBytes, maxSeconds, maxSpoolBytes };
    this.#retained = new RetainedMessages(Math.min(MAX_RETAINED_BYTES, partBytes / 2));
    this.key = `parts-upload:${store.url}/${dataset}`;
    this.#parts = new PageParts(store, spool, { dataset, producer, run: randomId() });
    this.#uploader = new PartUploader<PagePart>(
      this.#parts,
      UPLOADS,
      {
        onFailure: (error) => this.#failures.report(error),
        onRefused: (error, part, count) => {
          this.#onLost(part);
          this.#failures.reportRefused(error, part.name, count);
        },
        onRemoved: (part) => this.#onLost(part),
        onSent: () => this.#failures.reset(),
      },
      gateOf(store),
    );
  }

  /** The state of the uploads. */
  get uploads(): PartsSinkUploads {
    return uploadsOf(this.#uploader);
  }

  async open(context: RecordingSinkContext): Promise<void> {
    this.#status.attach(context);
    const reason = await this.#parts.open();
    if (reason !== undefined) this.#status.warn(`parts are in memory until they are sent: ${reason}`);
    this.#status.change("open");
    page()?.addEventListener("pagehide", this.#onHide);
    if (reason === undefined) this.#looked = this.#lookForLeft();
  }

  send(message: EncodedMessage): void {
    if (this.#status.state !== "open") return this.#status.drop(message, "closed");
    if (this.#isFull(message)) {
      // Later parts have static data again.
      this.#retain(message);
      if (message.isStatic) this.#repeatStatics();
      return this.#status.drop(message, "queue-full");
    }
    const key = storeKey(message.storeId);
    let repetition = this.#repetitions.get(key);
    if (repetition === undefined) this.#repetitions.set(key, (repetition = new StaticRepetition()));
    let part = this.#open.get(key);
    if (part === undefined) {
      this.#open.set(key, (part = new PartBuilder(message.storeId)));
      const retained = this.#retained.inOrder.filter(({ storeId }) => storeKey(storeId) === key);
      for (const first of repetition.select(retained)) part.repeat(first);
      this.#timer ??= setTimeout(() => this.#cut(), Math.min(1000 * this.#options.maxSeconds, 2 ** 31 - 1));
    }
    part.add(message);
    repetition.count(message);
    this.#status.sentBytes += message.payload.byteLength;
    const isRecording = message.storeId.kind === "recording";
    this.#retain(message);
    // Layouts are not divided, because viewers need a whole layout.
    if (isRecording ? part.isFull(this.#options.maxBytes) : message.kind === "activation") this.#finish(key, part);
  }

  async flush({ ack = false }: { readonly ack?: boolean | undefined } = {}): Promise<void> {
    this.#cut();
    await this.#saved;
    if (!ack) return;
    this.#uploader.retryNow();
    await this.#uploader.drained();
  }

  /** Completes all parts, and sends them as far as possible. */
  async close({
    timeoutMs = CLOSE_MS,
    signal,
  }: { readonly timeoutMs?: number | undefined; readonly signal?: AbortSignal | undefined } = {}): Promise<void> {
    page()?.removeEventListener("pagehide", this.#onHide);
    this.#cut();
    this.#status.change("closed");
    await this.#saved;
    const start = performance.now();
    const limit = new AbortController();
    const ended = signal === undefined ? limit.signal : AbortSignal.any([limit.signal, signal]);
    await Promise.race([this.#looked, sleep(timeoutMs, ended)]);
    limit.abort();
    await this.#uploader.finish(Math.max(0, timeoutMs - (performance.now() - start)), signal, true);
    const { pendingParts } = this.#uploader;
    if (pendingParts > 0)
      this.#status.warn(`${describeUnsent(pendingParts, this.#store.url)}: the next page with the spool sends them`);
    this.#uploader.end();
    this.#isEnded = true;
    clearTimeout(this.#look);
    await this.#parts.end();
  }

  stats(): SinkStats {
    const stats = this.#status.stats();
    const { pendingBytes, lastError = stats.lastError } = this.#uploader;
    return { ...stats, queuedBytes: pendingBytes, lastError };
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
    this.#uploader.reserve(part);
    this.#saved = this.#save(this.#saved, part);
  }

  /** Never rejects: a part that cannot be stored is sent from memory. */
  async #save(before: Promise<void>, part: PagePart): Promise<void> {
    await before;
    try {
      await this.#parts.save(part);
    } catch (error) {
      this.#status.warn(`the part ${part.name} is in memory until it is sent: ${messageOf(error)}`);
    }
    this.#uploader.start(part);
  }

  #retain(message: EncodedMessage): void {
    if (message.isStatic && message.storeId.kind === "recording")
      this.#retained.add({ ...message, payload: message.payload.slice() });
  }

  /** The store lacks a part: the next one has its static data. */
  #onLost({ hasStatics }: WaitingPart): void {
    if (hasStatics === true) this.#repeatStatics();
  }

  #repeatStatics(): void {
    for (const repetition of this.#repetitions.values()) repetition.repeatNext();
  }

  /** Whether a message exceeds the limit. Layouts, which are small, and first messages never do. */
  #isFull({ payload, kind, storeId }: EncodedMessage): boolean {
    if (kind === "storeInfo" || storeId.kind === "blueprint") return false;
    const { onFull, maxSpoolBytes } = this.#options;
    let newest = payload.byteLength;
    for (const { newBytes, repeatedBytes } of this.#open.values()) newest += newBytes + repeatedBytes;
    const uploader = this.#uploader;
    // Parts of earlier pages stay.
    const own = {
      get pendingParts() {
        return uploader.ownParts;
      },
      get pendingBytes() {
        return uploader.ownBytes;
      },
      removeOldest: () => uploader.removeOldest(true),
    };
    return !hasRoom(own, newest, {
      onFull,
      maxBytes: () => maxSpoolBytes,
      onRemoved: ({ rows, bytes }) => this.#status.countDrop({ rows, bytes, reason: "queue-full" }),
    });
  }

  /** Takes the parts of pages that have ended, now and from time to time. Never rejects. */
  async #lookForLeft(): Promise<void> {
    const problems = new Set<string>();
    try {
      await this.#parts.takeLeft(
        (part) => this.#uploader.add(part),
        (problem) => problems.add(problem),
      );
    } catch (error) {
      problems.add(messageOf(error));
    }
    if (this.#isEnded) return;
    for (const problem of problems)
      if (!this.#problems.has(problem)) this.#status.warn(`parts of earlier pages stay in the spool: ${problem}`);
    this.#problems = problems;
    this.#look = setTimeout(() => void this.#lookForLeft(), LOOK_MS);
  }
}

/** The window of a page, or a worker itself. Pages that tests simulate on Node have no global `addEventListener`. */
function page(): EventTarget | null {
  const { document } = globalThis as { readonly document?: { readonly defaultView: EventTarget | null } };
  return document === undefined ? globalThis : document.defaultView;
}
