import { existsSync, mkdirSync, rmSync, statSync, statfsSync } from "node:fs";
import { hostname } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout } from "node:timers/promises";
import {
  PartsFileSink,
  type DropReason,
  type EncodedMessage,
  type PartsFileSinkOptions,
  type SinkStats,
} from "@rerun-ts/node";
import { checkOptions, invalidArgument, messageOf, type OptionNames, isUrl } from "@rerun-ts/core/checks";
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
} from "@rerun-ts/node/parts";
import { checkPartBytes } from "../parts/check-part-bytes.ts";
import { checkDataset } from "../parts/part-key.ts";
import { checkPartStore, type PartStore } from "../parts/part-store.ts";
import type { PartsSinkUploads } from "../parts/parts-sink-uploads.ts";
import { UploadFailures, checkOnFull, describeUnsent, hasRoom, uploadsOf } from "../parts/sink-uploads.ts";
import { PartUploader, type WaitingPart } from "../parts/part-uploader.ts";
import { pushSpool } from "./push-spool.ts";
import { RunFolder, type SpooledPart } from "./run-folder.ts";
import { sendPart } from "./send-part.ts";

const MAX_SPOOL_BYTES = 10_000_000_000;
const UPLOADS = 4;
/**
 * The default size of a part, and the number of parts that may be open at once, because a video continues in the
 * previous part.
 */
const PART_BYTES = 128_000_000;
const PARTS_AT_ONCE = 2;
/** Interval of checks for parts that programs have left. */
const LEFTOVERS_MS = 60_000;
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
   * The maximum size of this run's parts in the spool, in bytes or as text. Default `"10GB"`. A smaller disk lowers
   * this limit.
   */
  maxSpoolBytes?: number | string | undefined;
  /**
   * Whether new data is dropped when the spool is full, or the oldest parts. Either is counted and reported. Default
   * `"drop-newest"`.
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
  readonly #facts: { readonly dataset: string; readonly producer: string; readonly run: string };
  readonly #maxSpoolBytes: number;
  readonly #onFull: NonNullable<PartsSinkOptions["onFull"]>;
  readonly #ended = new AbortController();
  #context: RecordingSinkContext | undefined;
  #run: RunFolder | undefined;
  #uploader: PartUploader<SpooledPart & WaitingPart> | undefined;
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
    this.#partBytes = checkPartBytes("maxBytes", parseByteCount("maxBytes", files.maxBytes ?? PART_BYTES));
    this.#files = new PartsFileSink(join(this.spool, this.#facts.run), { fsync: "every-ack", ...files });
    this.#control = controlParts(this.#files);
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
    const run = this.#run;
    const transfer = {
      send: (part: SpooledPart & WaitingPart, signal: AbortSignal) => this.#sendOne(run, part, signal),
      remove: ({ path }: SpooledPart) => rmSync(path, { force: true }),
    };
    const uploader = new PartUploader<SpooledPart & WaitingPart>(transfer, UPLOADS, {
      onFailure: (error) => this.#failures.report(error),
      onSent: () => {
        this.#failures.reset();
        this.#measureRoom();
      },
    });
    this.#uploader = uploader;
    this.#control.onFinished((path, rows) => {
      const { size: bytes, mtimeMs: modifiedAt } = statSync(path);
      const number = parsePartName(path)?.number ?? 0;
      uploader.add({ path, number, bytes, modifiedAt, name: path, rows });
      this.#measureRoom();
    });
    try {
      this.#files.open(context);
    } catch (error) {
      this.#end();
      throw error;
    }
    void this.#sendLeftovers();
  }

  send(message: EncodedMessage): void {
    if (this.#isFull(message)) {
      return this.#drop({ rows: message.manifest?.rows ?? 0, bytes: message.payload.byteLength });
    }
    this.#files.send(message);
  }

  expectMore(isMore: boolean): void {
    this.#files.expectMore(isMore);
  }

  async flush({ ack = false }: { readonly ack?: boolean | undefined } = {}): Promise<void> {
    await this.#files.flush();
    if (!ack) return;
    this.#control.finish();
    // If finishing a part has failed, the sink is broken.
    await this.#files.flush();
    this.#uploader?.retryNow();
    await this.#uploader?.drained(false);
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

  /** Whether there is no room for a message. Static data always fits, because it is small and later parts need it. */
  #isFull({ payload, isStatic }: EncodedMessage): boolean {
    const uploader = this.#uploader;
    if (uploader === undefined || isStatic) return false;
    return !hasRoom(uploader, payload.byteLength, {
      onFull: this.#onFull,
      maxBytes: () => Math.min(this.#maxSpoolBytes, this.#roomBytes),
      onRemoved: (lost) => this.#drop(lost),
    });
  }

  /** Measures how large the spool may become on this disk, minus room for the parts that are being written. */
  #measureRoom(): void {
    try {
      const { bavail, bsize } = statfsSync(this.spool);
      this.#roomBytes = this.uploads.pendingBytes + bavail * bsize - PARTS_AT_ONCE * this.#partBytes;
    } catch {
      // Writing to the spool reports its problems.
      this.#roomBytes = Infinity;
    }
  }

  #drop({ rows, bytes }: { readonly rows: number; readonly bytes: number }, reason: DropReason = "queue-full"): void {
    this.#dropped.rows += rows;
    this.#dropped.bytes += bytes;
    this.#context?.onDrop({ rows, bytes, reason });
  }

  /** Resolves to `false` if another program has removed the part. Its rows count as dropped. */
  async #sendOne(run: RunFolder, part: SpooledPart & WaitingPart, signal: AbortSignal): Promise<boolean> {
    try {
      await sendPart(this.#store, run.facts, part, signal);
      return true;
    } catch (error) {
      if (signal.aborted || existsSync(part.path)) throw error;
      this.#context?.onWarning(`${part.path} was removed by another program, and cannot be sent`);
      this.#drop(part, "expired");
      return false;
    }
  }

  async #sendLast(timeoutMs: number, signal: AbortSignal | undefined): Promise<void> {
    const uploader = this.#uploader;
    if (uploader === undefined || uploader.pendingParts === 0) return;
    await uploader.finish(timeoutMs, signal);
    const { pendingParts } = uploader;
    if (pendingParts > 0)
      this.#context?.onWarning(
        `${describeUnsent(pendingParts, this.#store.url)}: \`rerun-ts push\` sends what is in ${this.spool}`,
      );
  }

  #end(): void {
    this.#ended.abort();
    this.#uploader?.end();
    try {
      this.#run?.release();
    } catch {
      // The folder was removed.
    }
    this.#run = undefined;
  }

  /** Sends the parts of earlier programs, and of programs that end meanwhile. Never rejects. */
  async #sendLeftovers(): Promise<void> {
    const { signal } = this.#ended;
    let reported = "";
    while (!signal.aborted) {
      const reason = await this.#tryLeftovers(signal);
      if (reason !== reported && reason !== "" && !signal.aborted)
        this.#context?.onWarning(`parts of earlier programs stay in ${this.spool}: ${reason}`);
      reported = reason;
      // The wait does not keep the program alive.
      await setTimeout(LEFTOVERS_MS, undefined, { ref: false, signal }).catch(() => {});
    }
  }

  /** Returns the reason why something could not be sent. */
  async #tryLeftovers(signal: AbortSignal): Promise<string> {
    try {
      const { failed } = await pushSpool(this.spool, this.#store, { signal });
      return failed[0]?.error.message ?? "";
    } catch (error) {
      return messageOf(error);
    }
  }
}
