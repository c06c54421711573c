import type { EncodedMessage, OverflowPolicy, RerunError, SinkStats } from "@rerun-ts/core";
import {
  checkOptions,
  describeIgnored,
  differingOptions,
  nonNegative,
  type OptionNames,
  invalidArgument,
  argumentError,
  throughProxies,
} from "@rerun-ts/core/checks";
import type { SinkFlushOptions } from "@rerun-ts/core";
import { toStoredMessage } from "@rerun-ts/core/storage";
import {
  SinkStatus,
  compactMessage,
  releasePayload,
  type RecordingSink,
  type RecordingSinkContext,
  type SinkTakeover,
} from "@rerun-ts/core/transport";
import { onPageLifecycle } from "../page/page-lifecycle.ts";
import { folderName } from "./opfs-paths.ts";
import { countRows } from "./read-segment.ts";
import { createStorageWorker } from "./create-storage-worker.ts";
import { StorageClient } from "./storage-client.ts";
import type { CreateWorker } from "../page/create-worker.ts";
import type { OpfsStorageOptions } from "./storage-types.ts";

const MIB = 1024 * 1024;
const SEGMENT_BYTES = 4 * MIB;
const MIN_SEGMENT_BYTES = 64 * 1024;
/** Segments per limit. More segments make eviction finer-grained. */
const PARTS = 8;

/** Options of {@link OpfsSink}. */
export interface OpfsSinkOptions {
  /** Whether an earlier recording of the same name is continued or replaced. Default `"append"`. */
  ifExists?: "append" | "replace" | undefined;
  /**
   * The policy for full storage or a reached limit. `"error"`: the sink breaks with the code `QUOTA`, and its data
   * stays. `"drop-oldest"`: the oldest data is removed for new data. Static data and blueprints stay. Default
   * `"error"`.
   */
  onFull?: Extract<OverflowPolicy, "error" | "drop-oldest"> | undefined;
  /** The maximum size of the recording. Default: no limit but the browser's. */
  maxBytes?: number | undefined;
  /** With `"drop-oldest"`: the maximum age of data in milliseconds. Older data is removed. Default: no limit. */
  maxAgeMs?: number | undefined;
  /** The largest number of bytes in flight to the worker. Above it, the oldest data is dropped. Default 100 MiB. */
  maxQueueBytes?: number | undefined;
  /** Whether to ask the browser to keep the data even if space is short. Default `false`. */
  persist?: boolean | undefined;
  /** Creates the writing worker, for bundlers and pages that do not find its file. */
  createWorker?: CreateWorker | undefined;
}

export const OPFS_SINK_OPTIONS: OptionNames<OpfsSinkOptions> = {
  ifExists: 1,
  onFull: 1,
  maxBytes: 1,
  maxAgeMs: 1,
  maxQueueBytes: 1,
  persist: "boolean",
  createWorker: "function",
};

/**
 * Writes a recording to the origin private file system, from a worker. The recording survives the end of the page, and
 * crashes of the page and the browser. `opfs.openRecording` reads it. Data is written as it is logged, and is on the
 * disk after 100 ms, and after `flush`. One page at a time can write to a name.
 *
 * If the browser's quota is reached, the sink becomes `broken` with the code `QUOTA`, unless `onFull` is
 * `"drop-oldest"`. While writing fails otherwise, new data is dropped, counted and reported, with a warning. Opening
 * rejects with `IO_ERROR` if another tab is writing to the name, and `UNSUPPORTED` if the browser has no such file
 * system, the worker cannot be started, or the recording is of a later version of this package.
 *
 * @example
 * await rec.setSinks([new rr.OpfsSink("session"), new rr.GrpcSink()]);
 */
export class OpfsSink implements RecordingSink {
  readonly kind = "opfs";
  readonly key: string;
  readonly place: string;
  readonly needsEventLoop = true;
  readonly keepsBacklogOnFailure = true;
  readonly takesBuffers = true;
  readonly #status: SinkStatus;
  readonly #options: OpfsStorageOptions;
  readonly #given: OpfsSinkOptions;
  readonly #createWorker: CreateWorker;
  readonly #maxQueueBytes: number;
  readonly #persists: boolean;
  #client: StorageClient | undefined;
  #context: RecordingSinkContext | undefined;
  #writtenBytes = 0;
  #nextId = 1;
  /** The failure since which nothing could be stored, and the last one since `flush`. */
  #failure: RerunError | undefined;
  #loss: RerunError | undefined;
  #isEnding = false;
  #stopWatching = (): void => {};

  /**
   * @param name the name of the recording
   * @throws {TypeError} if the name or an option is wrong
   */
  constructor(name: string, options: OpfsSinkOptions = {}) {
    throughProxies(this);
    checkOptions("OpfsSink", options, OPFS_SINK_OPTIONS);
    const { ifExists = "append", onFull = "error", maxBytes = Infinity, maxAgeMs = Infinity, persist } = options;
    const folder = folderName(name);
    oneOf("ifExists", ifExists, ["append", "replace"]);
    oneOf("onFull", onFull, ["error", "drop-oldest"]);
    nonNegative("maxBytes", maxBytes);
    nonNegative("maxAgeMs", maxAgeMs);
    if (maxAgeMs !== Infinity && onFull === "error")
      throw argumentError("maxAgeMs", '`maxAgeMs` must be used with `onFull: "drop-oldest"`, got "error"');
    this.place = this.key = `opfs:${folder}`;
    this.#given = options;
    this.#status = new SinkStatus("opfs");
    this.#createWorker = options.createWorker ?? createStorageWorker;
    this.#maxQueueBytes = nonNegative("maxQueueBytes", options.maxQueueBytes ?? 100 * MIB);
    this.#persists = persist === true;
    this.#options = {
      area: "recordings",
      name: `the recording ${JSON.stringify(name)}`,
      folder,
      ifExists,
      segmentBytes: Math.max(MIN_SEGMENT_BYTES, Math.min(SEGMENT_BYTES, maxBytes / PARTS)),
      segmentMs: maxAgeMs / PARTS,
      maxBytes,
      maxAgeMs,
      onFull,
    };
  }

  async open(context: RecordingSinkContext): Promise<void> {
    this.#status.attach(context);
    this.#context = context;
    const queue = { maxQueueBytes: this.#maxQueueBytes, ownsMemory: true };
    this.#client = new StorageClient(this.#options, queue, {
      onFound: () => {},
      // Evictions that enforce the configured limits are intended, so only those of full storage count as drops.
      onEvicted: ({ rows = 0, rrd, bytes, reason, isForced }) => {
        if (!isForced) return;
        const counted = rrd === undefined ? Promise.resolve(rows) : countRows(rrd);
        void counted.then((count) => this.#status.countDrop({ rows: count, bytes, reason }));
      },
      onUnstored: ({ rows, bytes }) => {
        this.#writtenBytes -= bytes;
        this.#status.countDrop({ rows, bytes, reason: this.#status.state === "broken" ? "closed" : "queue-full" });
      },
      onWritten: (bytes) => (this.#writtenBytes += bytes),
      onWarning: (message) => this.#status.warn(message),
      onFailure: (error) => {
        if (this.#isTemporary(error)) return this.#onFailure(error);
        this.#status.change("broken", error);
        // Closes the storage, so that the stored data can be read and deleted from now on.
        void this.#client?.close(false);
      },
      onWorking: () => (this.#failure = undefined),
      onReturn: (payload) => releasePayload(payload, context),
    });
    await this.#client.open(this.#createWorker);
    // A closing page only has time to hand its pending rows to the worker.
    this.#stopWatching = onPageLifecycle(() => context.flushRows());
    if (this.#status.state === "connecting") this.#status.change("open");
    // Some browsers ask the user, whose answer may never come.
    if (this.#persists) void this.#askToPersist();
  }

  send(message: EncodedMessage): void {
    const context = this.#context;
    if (this.#status.state !== "open" || this.#isEnding || context === undefined)
      return this.#status.drop(message, "closed");
    this.#client?.append(this.#nextId++, toStoredMessage(compactMessage(message, context)));
  }

  /** Settles when everything is on the disk. Rejects with `QUOTA`, `IO_ERROR` or `TIMEOUT` if it is not. */
  async flush(): Promise<void> {
    this.#status.throwIfBroken();
    if (this.#status.state !== "open" || this.#client === undefined) return;
    await this.#client.flush();
    this.#status.throwIfBroken();
    // Something was lost since the last flush.
    const failure = this.#failure ?? this.#loss;
    this.#loss = undefined;
    if (failure !== undefined) throw failure;
  }

  async close({ timeoutMs }: SinkFlushOptions = {}): Promise<void> {
    this.#status.throwIfBroken();
    if (this.#status.state === "closed" || this.#isEnding) return;
    this.#isEnding = true;
    this.#stopWatching();
    try {
      await this.#client?.close(false, timeoutMs);
    } finally {
      this.#status.change(this.#status.state === "broken" ? "broken" : "closed");
    }
    this.#status.throwIfBroken();
  }

  /** Without the event loop nothing can be awaited. The worker still writes the messages that it has received. */
  closeSync(): void {
    if (this.#status.isEnded) return;
    this.#isEnding = true;
    this.#stopWatching();
    void this.#client?.close(false);
    this.#status.change("closed");
  }

  takeOver(other: RecordingSink): SinkTakeover {
    if (!(other instanceof OpfsSink)) return {};
    return { notice: describeIgnored(this, differingOptions(this.#given, other.#given)) };
  }

  stats(): SinkStats {
    this.#status.queuedBytes = this.#client?.unwrittenBytes ?? 0;
    this.#status.sentBytes = Math.max(0, this.#writtenBytes);
    return { ...this.#status.stats(), maxQueueBytes: this.#maxQueueBytes };
  }

  /** Whether data may be stored later, after a failure of the storage. */
  #isTemporary({ code }: RerunError): boolean {
    return code === "IO_ERROR" || (code === "QUOTA" && this.#options.onFull === "drop-oldest");
  }

  #onFailure(error: RerunError): void {
    this.#failure = this.#loss = this.#status.lastError = error;
    this.#status.warn(`${error.message}; new data is dropped until that works`, error.code);
  }

  /** Browsers may refuse without asking the user. The recording works nevertheless. */
  async #askToPersist(): Promise<void> {
    const { storage } = navigator;
    const isPersistent = await storage
      .persisted()
      .then((isPersisted) => isPersisted || storage.persist())
      .catch(() => false);
    if (!isPersistent && !this.#status.isEnded)
      this.#status.warn("the browser does not promise to keep the recording: it may remove it when space is short");
  }
}

function oneOf(option: string, value: string, known: readonly string[]): void {
  if (known.includes(value)) return;
  const names = known.map((name) => JSON.stringify(name)).join(" or ");
  throw invalidArgument(option, names, value);
}
