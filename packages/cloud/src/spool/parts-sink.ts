import { existsSync, mkdirSync, rmSync, statfsSync } from "node:fs";
import { hostname } from "node:os";
import { join, resolve } from "node:path";
import {
  PartsFileSink,
  type DropReason,
  type EncodedMessage,
  type PartsFileSinkOptions,
  type SinkStats,
} from "@rerun-ts/node";
import { checkOptions, invalidArgument, type OptionNames, isUrl } from "@rerun-ts/core/checks";
import { randomId } from "@rerun-ts/core/encode";
import type { RecordingSink, RecordingSinkContext } from "@rerun-ts/core/transport";
import {
  PARTS_FILE_SINK_OPTIONS,
  controlParts,
  ioError,
  parseByteCount,
  parsePartName,
  type PartsControl,
  pathOf,
  statOf,
} from "@rerun-ts/node/parts";
import { checkPartBytes } from "../parts/check-part-bytes.ts";
import { checkDataset } from "../parts/part-key.ts";
import { checkPartStore, type PartStore } from "../parts/part-store.ts";
import type { PartsSinkUploads } from "../parts/parts-sink-uploads.ts";
import { UploadFailures, checkOnFull, describeUnsent, hasRoom, uploadsOf } from "../parts/sink-uploads.ts";
import type { WaitingPart } from "../parts/part-queue.ts";
import { PartUploader } from "../parts/part-uploader.ts";
import { gateOf } from "../store/store-gate.ts";
import { RunFolder, type RunFacts } from "./run-folder.ts";
import { sendPart } from "./send-part.ts";
import { SharedSpool, type PendingPart, type SpoolMember } from "./shared-spool.ts";

const MAX_SPOOL_BYTES = 10_000_000_000;
const UPLOADS = 4;
/**
 * The default size of a part, and the number of parts that may be open at once, because a video continues in the
 * previous part.
 */
const PART_BYTES = 128_000_000;
const PARTS_AT_ONCE = 2;
/** The least number of parts that a full spool has, so that there is an oldest one. */
const LEAST_PARTS = 4;
/** Time for uploads at the end of a program without a limit of its own. Unsent parts stay in the spool. */
const CLOSE_MS = 60_000;

/** Options of {@link PartsSink}. */
export interface PartsSinkOptions extends PartsFileSinkOptions {
  /** The dataset of the recording: the name of a group of recordings, such as `"fleet"`. */
  dataset: string;
  /** The folder for unsent parts, which is created. Several programs may share it. */
  spool: string | URL;
  /** The name of this program in keys, for people. Default: the name of the machine. */
  producer?: string | undefined;
  /**
   * The maximum size of all parts in the spool, in bytes or as text: of this run, of earlier ones, and of other
   * programs. Default `"10GB"`. A smaller disk lowers this limit.
   */
  maxSpoolBytes?: number | string | undefined;
  /**
   * Whether new data is dropped when the spool is full, or the oldest parts of this program and of those that have
   * ended. Either is counted and reported. Default `"drop-newest"`.
   */
  onFull?: "drop-newest" | "drop-oldest" | undefined;
}

const KNOWN: OptionNames<PartsSinkOptions> = {
  ...PARTS_FILE_SINK_OPTIONS,
  dataset: 1,
  spool: 1,
  producer: 1,
  maxSpoolBytes: 1,
  onFull: 1,
};

/**
 * Writes a recording in parts to a spool on disk, and uploads complete parts. Parts are removed from the spool as soon
 * as the store has them. The store may be away for as long as there is room.
 *
 * `flush` resolves when everything is on the disk, also after a loss of power unless `fsync` is set otherwise. With
 * `ack: true` it finishes the current parts, and resolves when the store has everything. `close` does the same for up
 * to a minute, or `timeoutMs`. The next program with the spool sends the rest, and all parts of killed programs. So
 * does `rerun-ts push`.
 *
 * @example
 * const store = s3Store("s3://recordings", { endpoint: "https://storage.example.com" });
 * await rec.setSinks([new PartsSink(store, { dataset: "fleet", spool: "/var/lib/robot" }), new rr.GrpcSink()]);
 */
export class PartsSink implements RecordingSink {
  readonly kind = "parts-upload";
  readonly key: string;
  readonly isSynchronous = true;
  readonly needsEventLoop = true;
  /** The absolute path of the spool. */
  readonly spool: string;
  readonly #store: PartStore;
  readonly #files: PartsFileSink;
  readonly #control: PartsControl;
  #facts: RunFacts;
  readonly #maxSpoolBytes: number;
  readonly #onFull: NonNullable<PartsSinkOptions["onFull"]>;
  #context: RecordingSinkContext | undefined;
  #run: RunFolder | undefined;
  #uploader: PartUploader<PendingPart> | undefined;
  #shared: SharedSpool | undefined;
  #member: SpoolMember | undefined;
  readonly #partBytes: number;
  /** The size that the spool may reach on its disk. */
  #roomBytes = Infinity;
  readonly #failures: UploadFailures;
  #dropped = { rows: 0, bytes: 0 };

  /**
   * @param store the store, such as that of `s3Store`
   * @throws {TypeError} if an argument is wrong
   */
  constructor(store: PartStore, options: PartsSinkOptions) {
    this.#store = checkPartStore(store);
    const {
      dataset,
      spool,
      producer = hostname(),
      maxSpoolBytes,
      onFull = "drop-newest",
      ...files
    } = options ?? ({} as Partial<PartsSinkOptions>);
    const isPath = (typeof spool === "string" && spool !== "") || isUrl(spool);
    if (!isPath) throw invalidArgument("spool", 'the path of a folder, e.g. { spool: "spool" }', spool ?? options);
    checkOptions("PartsSink", options, KNOWN);
    if (typeof producer !== "string") throw invalidArgument("producer", "a name", producer);
    this.#onFull = checkOnFull(onFull);
    this.#maxSpoolBytes = parseByteCount("maxSpoolBytes", maxSpoolBytes ?? MAX_SPOOL_BYTES);
    this.spool = resolve(pathOf("spool", "the path of a folder", spool));
    this.#failures = new UploadFailures(` in ${this.spool}`, (text) => this.#context?.onWarning(text));
    this.#facts = { dataset: checkDataset(dataset), producer, run: randomId() };
    this.key = `parts-upload:${store.url}/${dataset}`;
    const maxBytes = checkPartBytes("maxBytes", parseByteCount("maxBytes", files.maxBytes ?? PART_BYTES));
    this.#partBytes = Math.min(maxBytes, this.#maxSpoolBytes / LEAST_PARTS);
    const filesOptions = { fsync: "every-ack", ...files, maxBytes: this.#partBytes } as const;
    this.#files = new PartsFileSink(join(this.spool, this.#facts.run), filesOptions);
    this.#control = controlParts(this.#files);
    this.#control.repeatLargeStaticsHourly();
  }

  /** The state of the uploads. */
  get uploads(): PartsSinkUploads {
    return uploadsOf(this.#uploader);
  }

  get isStale(): boolean {
    return this.#files.isStale;
  }

  /** Creates the spool and the first part. @throws {RerunError} `IO_ERROR` if this fails */
  open(context: RecordingSinkContext): void {
    this.#context = context;
    try {
      mkdirSync(this.spool, { recursive: true });
      this.#run = RunFolder.create(this.#files.path, this.#facts);
    } catch (error) {
      throw ioError(`cannot use the spool ${this.spool}`, error, "spool");
    }
    const transfer = {
      send: (part: PendingPart, signal: AbortSignal) => this.#sendOne(part, signal),
      remove: ({ path, onGone }: PendingPart) => {
        rmSync(path, { force: true });
        onGone?.();
      },
    };
    const uploader = new PartUploader<PendingPart>(
      transfer,
      UPLOADS,
      {
        onFailure: (error) => this.#failures.report(error),
        onRefused: (error, part, count) => {
          this.#onLost(part);
          this.#failures.reportRefused(error, part.name, count);
        },
        onRemoved: (part) => this.#onLost(part),
        onSent: () => {
          this.#failures.reset();
          this.#measureRoom();
        },
      },
      gateOf(this.#store),
    );
    this.#uploader = uploader;
    this.#control.onFinished(({ path, rows, hasStatics }) => {
      const number = parsePartName(path)?.number ?? 0;
      const stats = statOf(path);
      // Without a file, another program has taken the folder, and sends the part.
      if (stats === undefined) return;
      const { size: bytes, mtimeMs: modifiedAt } = stats;
      uploader.add({ path, number, bytes, modifiedAt, name: path, rows, hasStatics, facts: this.#facts });
      this.#measureRoom();
    });
    this.#control.onFailed(() => this.#ownFolder());
    try {
      this.#files.open(context);
    } catch (error) {
      this.#end();
      throw error;
    }
    const runPath = (): string => this.#files.path;
    this.#member = {
      get runPath() {
        return runPath();
      },
      uploader,
      warn: (text) => context.onWarning(text),
    };
    this.#shared = SharedSpool.join(this.spool, this.#member);
  }

  send(message: EncodedMessage): void {
    if (!this.#isFull(message)) return this.#files.send(message);
    // Later parts have static data again.
    this.#control.retainLost(message);
    this.#drop({ rows: message.manifest?.rows ?? 0, bytes: message.payload.byteLength });
  }

  expectMore(isMore: boolean): void {
    this.#files.expectMore(isMore);
  }

  async flush({ ack = false }: { readonly ack?: boolean | undefined } = {}): Promise<void> {
    await this.#files.flush();
    if (!ack) return;
    await this.#control.finish();
    await this.#files.flush();
    this.#uploader?.retryNow();
    await this.#uploader?.drained();
  }

  /** Finishes all parts, and sends them as far as possible. */
  async close({
    timeoutMs = CLOSE_MS,
    signal,
  }: { readonly timeoutMs?: number | undefined; readonly signal?: AbortSignal | undefined } = {}): Promise<void> {
    try {
      this.#files.closeSync();
      await this.#sendLast(timeoutMs, signal);
      // A failure to write is reported after the written parts are sent.
      await this.#files.close();
    } finally {
      this.#end();
    }
  }

  /** Finishes all parts: the next program with the spool sends them. */
  closeSync(): void {
    this.#files.closeSync();
    this.#end();
  }

  stats(): SinkStats {
    const stats = this.#files.stats();
    const { pendingBytes, lastError = stats.lastError } = this.uploads;
    const droppedRows = stats.droppedRows + this.#dropped.rows;
    const droppedBytes = stats.droppedBytes + this.#dropped.bytes;
    return { ...stats, kind: this.kind, queuedBytes: pendingBytes, droppedRows, droppedBytes, lastError };
  }

  /** The store lacks a part: the next one has its static data. */
  #onLost({ hasStatics }: WaitingPart): void {
    if (hasStatics === true) this.#control.repeatStatics();
  }

  /** Whether a message exceeds the limit. Layouts, which are small, and first messages never do. */
  #isFull({ payload, kind, storeId }: EncodedMessage): boolean {
    const shared = this.#shared;
    if (shared === undefined || kind === "storeInfo" || storeId.kind === "blueprint") return false;
    return !hasRoom(shared, this.#control.openBytes + payload.byteLength, {
      onFull: this.#onFull,
      maxBytes: () => Math.min(this.#maxSpoolBytes, this.#roomBytes),
      onRemoved: (lost) => this.#drop(lost),
    });
  }

  /** Measures how large the spool may become on this disk, minus room for the parts that are being written. */
  #measureRoom(): void {
    try {
      const { bavail, bsize } = statfsSync(this.spool);
      const pendingBytes = this.#shared?.pendingBytes ?? 0;
      this.#roomBytes = pendingBytes + bavail * bsize - PARTS_AT_ONCE * this.#partBytes;
    } catch {
      // Writing to the spool reports its problems.
      this.#roomBytes = Infinity;
    }
  }

  /** The folder to go on with after a failure: a new one if this one was removed, or taken by another program. */
  #ownFolder(): string {
    if (this.#run?.isOurs === true) return this.#run.path;
    const facts = { ...this.#facts, run: randomId() };
    mkdirSync(this.spool, { recursive: true });
    this.#run = RunFolder.create(join(this.spool, facts.run), facts);
    this.#facts = facts;
    return this.#run.path;
  }

  #drop({ rows, bytes }: { readonly rows: number; readonly bytes: number }, reason: DropReason = "queue-full"): void {
    this.#dropped.rows += rows;
    this.#dropped.bytes += bytes;
    this.#context?.onDrop({ rows, bytes, reason });
  }

  /** Resolves to `false` if another program has removed the part. Its rows count as dropped. */
  async #sendOne(part: PendingPart, signal: AbortSignal): Promise<boolean> {
    try {
      const { lostBytes } = await sendPart(this.#store, part.facts, part, signal);
      if (lostBytes > 0)
        this.#context?.onWarning(`${part.path} was cut off: ${lostBytes} bytes of an incomplete message were removed`);
      part.onGone?.();
      return true;
    } catch (error) {
      if (signal.aborted || existsSync(part.path)) throw error;
      this.#context?.onWarning(`${part.path} was removed by another program, and cannot be sent`);
      this.#onLost(part);
      this.#drop(part, "expired");
      part.onGone?.();
      return false;
    }
  }

  async #sendLast(timeoutMs: number, signal: AbortSignal | undefined): Promise<void> {
    const uploader = this.#uploader;
    if (uploader === undefined || uploader.ownParts === 0) return;
    await uploader.finish(timeoutMs, signal);
    const { ownParts } = uploader;
    if (ownParts > 0)
      this.#context?.onWarning(
        `${describeUnsent(ownParts, this.#store.url)}: \`rerun-ts push\` sends what is in ${this.spool}`,
      );
  }

  #end(): void {
    this.#uploader?.end();
    if (this.#member !== undefined) this.#shared?.leave(this.#member);
    this.#member = undefined;
    try {
      this.#run?.release();
    } catch {
      // The folder was removed.
    }
    this.#run = undefined;
  }
}
