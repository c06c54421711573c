import { existsSync, mkdirSync, readdirSync } from "node:fs";
import { resolve } from "node:path";
import type { EncodedMessage, RerunError, SinkStats, StoreId } from "@rerun-ts/core";
import { checkOptions, describeIgnored, differingOptions, nonNegative } from "@rerun-ts/core/checks";
import { storeKey } from "@rerun-ts/core/encode";
import {
  MAX_RETAINED_BYTES,
  RetainedMessages,
  SinkStatus,
  type RecordingSink,
  type RecordingSinkContext,
  type SinkTakeover,
} from "@rerun-ts/core/transport";
import { checkFsync, type FsyncPolicy } from "../file/fsync-policy.ts";
import { ioError } from "../file/io-error.ts";
import { pathOf } from "../file/path-of.ts";
import { realPath } from "../file/real-path.ts";
import { parseByteCount } from "../file/byte-units.ts";
import { parsePartName } from "./part-name.ts";

import {
  PARTS_FILE_SINK_OPTIONS,
  type FinishedPart,
  type PartsControl,
  type PartsFileSinkOptions,
} from "./parts-file-sink-options.ts";
import { OpenStores, type PartNumbers } from "./open-stores.ts";
import type { PartFile } from "./part-file.ts";
import { StoreParts } from "./store-parts.ts";
import { UnfinishedParts } from "./unfinished-parts.ts";

const MAX_BYTES = 128_000_000;
const MAX_SECONDS = 60;
/** The longest time of a timer. */
const MAX_TIMER_MS = 2 ** 31 - 1;
/** The least time between two attempts to write while that fails. */
const RETRY_MS = 1000;

/** Gives access to private members of a sink. */
let access: (sink: PartsFileSink) => PartsControl;

/**
 * Writes a recording to a folder, in parts: complete `.rrd` files, each of which can be opened alone. It writes
 * synchronously, in the calling thread, as `FileSink` does.
 *
 * A part is named after the recording, such as `run7-000001.rrd`, and ends with a footer. While it is written, its name
 * ends with `.rrd.open`. Each part begins with the recording's store info and its static data, under the same chunk
 * ids, so readers of several parts see this data once. Static data beyond 64 MiB, or beyond half of `maxBytes`, is not
 * repeated, the oldest first. A video changes to the next part at a key frame. Layouts are in `.rbl` files, which are
 * named after the application.
 *
 * Parts that programs have left unfinished in the folder are finished in the background when the sink is opened, and by
 * `rerun-ts seal`. Any number of recordings and programs may use one folder.
 *
 * While parts cannot be written, for example because the disk is full, new data is dropped, counted and reported, with
 * a warning. The data in the open part stays, and the part is finished as soon as possible. Then the sink goes on in
 * a new part.
 *
 * @example
 * await rec.setSinks([new rr.PartsFileSink("/data/run7", { maxBytes: "64MB" }), new rr.GrpcSink()]);
 */
export class PartsFileSink implements RecordingSink {
  readonly kind = "parts";
  readonly key: string;
  readonly isSynchronous = true;
  #path: string;
  readonly #status: SinkStatus;
  readonly #options: PartsFileSinkOptions;
  readonly #maxBytes: number;
  readonly #maxMs: number;
  readonly #fsync: FsyncPolicy;
  readonly #retained: RetainedMessages;
  readonly #stores = new OpenStores((storeId, numbers) => this.#newStore(storeId, numbers));
  readonly #unfinished = new UnfinishedParts({
    folder: () => this.#path,
    warn: (text) => this.#status.warn(text),
    onFinished: (path, rows) => this.#onFinished({ path, rows, hasStatics: true }),
  });
  /** Layouts of which messages were lost: nobody can use the rest. */
  readonly #lostLayouts = new Set<string>();
  /** The failure since which nothing could be written, and the time of the next attempt. */
  #failure: RerunError | undefined;
  #retryAt = 0;
  /** The last failure since `flush`. */
  #loss: RerunError | undefined;
  /** The store of the recording of this sink. */
  #main: StoreId | undefined;
  #isMoreExpected = false;
  #isOpen = false;
  #onFinished: (part: FinishedPart) => void = () => {};
  #onFailed: () => string = () => this.#path;
  /** Whether each part begins with all static data. */
  #isEachWhole = true;

  static {
    access = (sink) => ({
      get openBytes() {
        return sink.#stores.parts.reduce((sum, { bytes }) => sum + bytes, 0);
      },
      get failure() {
        return sink.#failure ?? sink.#unfinished.error;
      },
      finish: () => sink.#finishAll(),
      retainLost: (message) => sink.#retainLost(message),
      repeatLargeStaticsHourly: () => (sink.#isEachWhole = false),
      repeatStatics: () => sink.#stores.repeatStatics(),
      onFinished: (listener) => (sink.#onFinished = listener),
      onFailed: (listener) => (sink.#onFailed = listener),
    });
  }

  /**
   * @param folder the path of the folder, relative to the working folder, or a `file:` URL. It is created
   * @throws {TypeError} if `folder` is not a path, or an option is wrong
   */
  constructor(folder: string | URL, options?: PartsFileSinkOptions) {
    checkOptions("PartsFileSink", options, PARTS_FILE_SINK_OPTIONS);
    this.#path = resolve(pathOf("folder", "the path of a folder", folder));
    this.key = `parts:${realPath(this.#path)}`;
    this.#options = options ?? {};
    this.#maxBytes = parseByteCount("maxBytes", options?.maxBytes ?? MAX_BYTES);
    const maxMs = 1000 * nonNegative("maxSeconds", options?.maxSeconds ?? MAX_SECONDS);
    this.#maxMs = maxMs > MAX_TIMER_MS ? Infinity : maxMs;
    this.#fsync = checkFsync("fsync", options?.fsync);
    this.#status = new SinkStatus("parts");
    this.#retained = new RetainedMessages(Math.min(MAX_RETAINED_BYTES, this.#maxBytes / 2));
  }

  /** The absolute path of the folder. */
  get path(): string {
    return this.#path;
  }

  /** Whether the folder, or a part that is open, was removed or renamed. */
  get isStale(): boolean {
    if (!this.#isOpen) return false;
    return !existsSync(this.#path) || this.#stores.parts.some((part) => part.isGone);
  }

  /** Creates the folder and the first part. @throws {RerunError} `IO_ERROR` if this fails */
  open(context: RecordingSinkContext): void {
    this.#status.attach(context);
    const { applicationId, recordingId } = context;
    this.#main = { kind: "recording", applicationId, recordingId };
    try {
      mkdirSync(this.#path, { recursive: true });
      const unfinished = readdirSync(this.#path).map(parsePartName);
      this.#stores.of(this.#main).create();
      if (unfinished.some((name) => name !== undefined && name.kind !== "complete")) void this.#unfinished.seal();
    } catch (error) {
      throw this.#errorOf("create", error);
    }
    this.#isOpen = true;
    this.#status.change("open");
  }

  send(message: EncodedMessage): void {
    if (!this.#isOpen) return this.#status.drop(message, "closed");
    const key = storeKey(message.storeId);
    if (this.#lostLayouts.has(key)) return this.#drop(message);
    // After a failure the message begins a new part, unless such a part could not be written just now.
    const attempts = this.#failure === undefined ? 2 : performance.now() < this.#retryAt ? 0 : 1;
    for (let attempt = 0; attempt < attempts; attempt++) {
      try {
        if (this.#failure !== undefined) this.#prepare();
        this.#stores.of(message.storeId).write(message, this.#isMoreExpected);
        this.#failure = undefined;
        this.#status.sentBytes += message.payload.byteLength;
        // Only after `write`: a part that begins with this message must not repeat it as retained data.
        return this.#retain(message);
      } catch (error) {
        this.#fail(error, key);
        if (this.#lostLayouts.has(key)) break;
      }
    }
    this.#retainLost(message);
    this.#drop(message);
  }

  /** Until the last message of a flush small messages are held back, and written together. */
  expectMore(isMore: boolean): void {
    this.#isMoreExpected = isMore;
    if (!isMore) this.#forEachStore((store) => store.writeHeld());
  }

  /** Settles when all sent data is in the files. `fsync` decides whether it is on the disk, too. */
  async flush(): Promise<void> {
    await Promise.all(
      this.#stores.all.map(async ([key, store]) => {
        try {
          await Promise.all(store.open.map((part) => part.flush()));
        } catch (error) {
          if (this.#stores.get(key) === store) this.#fail(error, key);
        }
        await store.loaded;
      }),
    );
    // Something was lost since the last flush.
    const failure = this.#loss;
    this.#loss = undefined;
    if (this.#failure !== undefined && this.#isOpen) this.#probe();
    if ((failure ?? this.#failure) !== undefined) throw failure ?? this.#failure;
  }

  /** Finishes all parts, including those of other programs that are being finished. */
  async close(): Promise<void> {
    this.closeSync();
    await this.#unfinished.settle();
    const failure = this.#failure ?? this.#unfinished.error;
    if (failure !== undefined) throw failure;
  }

  /** Finishes all parts of this sink. */
  closeSync(): void {
    this.#unfinished.end();
    if (!this.#isOpen) return;
    this.#forEachStore((store) => store.finish());
    this.#isOpen = false;
    this.#stores.clear();
    this.#retained.clear();
    this.#status.change("closed");
  }

  /** The sizes of parts and the synchronization with the disk stay as they are. */
  takeOver(other: RecordingSink): SinkTakeover {
    if (!(other instanceof PartsFileSink)) return {};
    return { notice: describeIgnored(this, differingOptions(this.#options, other.#options)) };
  }

  stats(): SinkStats {
    return this.#status.stats();
  }

  #newStore(storeId: StoreId, numbers: PartNumbers): StoreParts {
    // Layouts are not divided, because viewers need a whole layout.
    const isLayout = storeId.kind === "blueprint";
    const key = storeKey(storeId);
    return new StoreParts(storeId, {
      folder: this.#path,
      ...numbers,
      maxBytes: isLayout ? Infinity : this.#maxBytes,
      maxMs: isLayout ? Infinity : this.#maxMs,
      fsync: this.#fsync,
      retained: () => this.#retained.inOrder.filter((message) => storeKey(message.storeId) === key),
      isEachWhole: () => this.#isEachWhole,
      onFailure: (error, part) => this.#countLost(error, "finish", part),
      onFinished: (part) => this.#onFinished(part),
    });
  }

  /** Counts a message that cannot be written, of which a warning has told. */
  #drop(message: EncodedMessage): void {
    this.#status.dropAll([message], "queue-full", true);
  }

  #retain(message: EncodedMessage): void {
    if (message.isStatic && message.storeId.kind === "recording")
      this.#retained.add({ ...message, payload: message.payload.slice() });
  }

  /** Keeps a message of the retained state that is in no part. */
  #retainLost(message: EncodedMessage): void {
    this.#retain(message);
    if (message.isStatic) this.#stores.repeatStatics();
  }

  #forEachStore(work: (store: StoreParts) => void): void {
    for (const [key, store] of this.#stores.all) {
      try {
        work(store);
      } catch (error) {
        this.#fail(error, key);
      }
    }
  }

  /** Finishes all parts. Rejects if one could not be finished. */
  async #finishAll(): Promise<void> {
    this.#forEachStore((store) => store.finish());
    await this.#unfinished.settle();
    if (this.#unfinished.error !== undefined) throw this.#unfinished.error;
  }

  /** Prepares the folder for new parts. @throws {Error} if that is impossible */
  #prepare(): void {
    const before = this.#path;
    this.#path = this.#onFailed();
    mkdirSync(this.#path, { recursive: true });
    if (this.#path === before) return;
    // The folder was taken: its new owner finishes the parts in it.
    this.#unfinished.forget();
    for (const [, store] of this.#stores.all) store.abandon();
    this.#stores.clear();
  }

  /** Tries whether a part can be created again. */
  #probe(): void {
    if (this.#main === undefined) return;
    try {
      this.#prepare();
      this.#stores.of(this.#main).create();
      this.#failure = undefined;
    } catch (error) {
      this.#fail(error, storeKey(this.#main));
    }
  }

  /** Closes the parts of a store after a failure, and counts what is lost. */
  #fail(error: unknown, key: string): void {
    const store = this.#stores.get(key);
    this.#stores.delete(key);
    for (const part of store?.open ?? []) this.#countLost(error, "write", part);
    if (key.startsWith("blueprint")) this.#lostLayouts.add(key);
    store?.abandon();
    this.#report(error);
  }

  /** Counts what is lost of a part that is closed after a failure. The rest is finished later. */
  #countLost(error: unknown, verb: "write" | "finish", part: PartFile): void {
    const isAllLost = part.isLost(error);
    this.#stores.repeatStatics();
    const { rows, bytes } = isAllLost ? { rows: part.rows, bytes: part.newBytes } : part.held;
    this.#status.sentBytes -= bytes;
    if (rows > 0) this.#status.countDrop({ rows, bytes, reason: "queue-full", isReported: true });
    if (!isAllLost && part.hasData) this.#unfinished.add(part.path, this.#errorOf(verb, error));
    this.#status.lastError = this.#errorOf(verb, error);
  }

  #report(error: unknown): void {
    const isFirst = this.#failure === undefined;
    this.#failure = this.#loss = this.#errorOf("write", error);
    this.#status.lastError = this.#failure;
    this.#retryAt = performance.now() + RETRY_MS;
    if (isFirst) this.#status.warn(`${this.#failure.message}; new data is dropped until that works`, "IO_ERROR");
  }

  #errorOf(verb: "create" | "write" | "finish", error: unknown): RerunError {
    return ioError(`cannot ${verb} parts in ${this.#path}`, error, "folder");
  }
}

/** The control of the parts of a sink, for the sink that uploads them. */
export function controlParts(sink: PartsFileSink): PartsControl {
  return access(sink);
}
