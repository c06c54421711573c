import { mkdirSync, rmSync, statSync, statfsSync } from "node:fs";
import { hostname } from "node:os";
import { join, resolve } from "node:path";
import type { EncodedMessage, SinkStats } from "@rerun-ts/core";
import { PartsFileSink, type RerunError, type types } from "@rerun-ts/node";
import { checkOptions, invalidArgument, isUrl, type OptionNames } from "@rerun-ts/core/checks";
import type { RecordingSinkContext } from "@rerun-ts/core/transport";
import { randomId } from "@rerun-ts/core/util";
import { PARTS_FILE_SINK_OPTIONS, controlParts, parsePartName, type PartsControl } from "@rerun-ts/node/parts";
import { ioError, parseByteCount, pathOf, statOf } from "@rerun-ts/node/files";
import { checkPartBytes } from "../parts/check-part-bytes.ts";
import { checkDataset } from "../parts/part-key.ts";
import { checkPartStore, type PartStore } from "../parts/part-store.ts";
import { LEAST_PARTS, UploadingSink, type PendingParts } from "../parts/uploading-sink.ts";
import { RunFolder, type RunFacts } from "./run-folder.ts";
import { sendPart } from "./send-part.ts";
import { SharedSpool, type PendingPart, type SpoolMember } from "./shared-spool.ts";

const MAX_SPOOL_BYTES = 10_000_000_000;
const UPLOADS = 4;
/**
 * The default size of a part, and the number of parts that may be open at the same time, because a video continues in
 * the previous part.
 */
const PART_BYTES = 128_000_000;
const OPEN_PARTS = 2;
const NONE: PendingParts = { pendingParts: 0, pendingBytes: 0, removeOldest: () => undefined };

/** Options of {@link PartsSink}. */
export interface PartsSinkOptions extends types.PartsFileSinkOptions {
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
export class PartsSink extends UploadingSink<PendingPart> {
  /** The absolute path of the spool. */
  readonly spool: string;
  readonly #files: PartsFileSink;
  readonly #control: PartsControl;
  readonly #maxSpoolBytes: number;
  readonly #partBytes: number;
  #facts: RunFacts;
  #run: RunFolder | undefined;
  #shared: SharedSpool | undefined;
  #member: SpoolMember | undefined;
  /** The size that the spool may reach on its disk. */
  #roomBytes = Infinity;

  /**
   * @param store the store, such as that of `s3Store`
   * @throws {TypeError} if an argument is wrong
   */
  constructor(store: PartStore, options: PartsSinkOptions) {
    checkPartStore(store);
    const {
      dataset,
      spool,
      producer = hostname(),
      maxSpoolBytes = MAX_SPOOL_BYTES,
      onFull = "drop-newest",
      ...files
    } = options ?? ({} as Partial<PartsSinkOptions>);
    const isPath = (typeof spool === "string" && spool !== "") || isUrl(spool);
    if (!isPath) throw invalidArgument("spool", 'the path of a folder, e.g. { spool: "spool" }', spool ?? options);
    checkOptions("PartsSink", options, KNOWN);
    if (typeof producer !== "string") throw invalidArgument("producer", "a name", producer);
    const path = resolve(pathOf("spool", "the path of a folder", spool));
    const nextSender = `\`rerun-ts push\` sends what is in ${path}`;
    super(store, {
      dataset: checkDataset(dataset),
      onFull,
      uploads: UPLOADS,
      where: ` in ${path}`,
      nextSender,
      // The members of the spool do that for as long as they run.
      sendsLeft: false,
    });
    this.spool = path;
    this.#maxSpoolBytes = parseByteCount("maxSpoolBytes", maxSpoolBytes);
    this.#facts = { dataset, producer, run: randomId() };
    const maxBytes = checkPartBytes("maxBytes", parseByteCount("maxBytes", files.maxBytes ?? PART_BYTES));
    this.#partBytes = Math.min(maxBytes, this.#maxSpoolBytes / LEAST_PARTS);
    const filesOptions = { fsync: "every-ack", ...files, maxBytes: this.#partBytes } as const;
    this.#files = new PartsFileSink(join(path, this.#facts.run), filesOptions);
    this.#control = controlParts(this.#files);
    this.#control.repeatLargeStaticsHourly();
  }

  /** Whether the folder of the run, or a part that is open, was removed or renamed. */
  get isStale(): boolean {
    return this.#files.isStale;
  }

  /** Until the last message of a flush small messages are held back, and written together. */
  expectMore(isMore: boolean): void {
    this.#files.expectMore(isMore);
  }

  /** Finishes all parts: the next program with the spool sends them. */
  closeSync(): void {
    this.seal();
    this.uploader.end();
    this.#release();
  }

  protected get openBytes(): number {
    return this.#control.openBytes;
  }

  protected get pending(): PendingParts {
    return this.#shared ?? NONE;
  }

  protected get maxBytes(): number {
    return Math.min(this.#maxSpoolBytes, this.#roomBytes);
  }

  protected get failure(): RerunError | undefined {
    return this.#control.failure;
  }

  /** Creates the spool and the first part. @throws {RerunError} `IO_ERROR` if this fails */
  protected openStorage(context: RecordingSinkContext): void {
    try {
      mkdirSync(this.spool, { recursive: true });
      this.#run = RunFolder.create(this.#files.path, this.#facts);
    } catch (error) {
      throw ioError(`cannot use the spool ${this.spool}`, error, "spool");
    }
    const { uploader } = this;
    this.#control.onFinished(({ path, rows, hasStatics }) => {
      const number = parsePartName(path)?.number ?? 0;
      const stats = statOf(path);
      // Without a file, another program has taken the folder, and sends the part.
      if (stats === undefined) return;
      const { size: bytes, mtimeMs: modifiedAt } = stats;
      uploader.add({ path, number, bytes, modifiedAt, name: path, rows, hasStatics, facts: this.#facts });
      this.onSent();
    });
    this.#control.onFailed(() => this.#ownFolder());
    try {
      this.#files.open(context);
    } catch (error) {
      this.#release();
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

  protected write(message: EncodedMessage): void {
    this.#files.send(message);
  }

  protected retainLost(message: EncodedMessage): void {
    this.#control.retainLost(message);
  }

  protected repeatStatics(): void {
    this.#control.repeatStatics();
  }

  protected async flushStorage(ack: boolean): Promise<void> {
    await this.#files.flush();
    if (!ack) return;
    await this.#control.finish();
    await this.#files.flush();
  }

  protected seal(): void {
    this.#files.closeSync();
  }

  protected async closeStorage(): Promise<void> {
    try {
      await this.#files.close();
    } finally {
      this.#release();
    }
  }

  protected storageStats(): SinkStats {
    return this.#files.stats();
  }

  protected async sendPart(part: PendingPart, signal: AbortSignal): Promise<boolean> {
    const { path, facts, onGone } = part;
    try {
      const { lostBytes } = await sendPart(this.store, facts, part, signal);
      if (lostBytes > 0)
        this.context?.onWarning(`${path} was cut off: ${lostBytes} bytes of an incomplete message were removed`);
    } catch (error) {
      if (signal.aborted || !isGone(path)) throw error;
      onGone?.();
      return false;
    }
    onGone?.();
    return true;
  }

  protected removePart({ path, onGone }: PendingPart): void {
    rmSync(path, { force: true });
    onGone?.();
  }

  /** Measures how large the spool may become on this disk, minus room for the parts that are being written. */
  protected override onSent(): void {
    try {
      const { bavail, bsize } = statfsSync(this.spool);
      this.#roomBytes = this.pending.pendingBytes + bavail * bsize - OPEN_PARTS * this.#partBytes;
    } catch {
      // Writing to the spool reports its problems.
      this.#roomBytes = Infinity;
    }
  }

  /** The folder after a failure: a new one if the previous one was removed, or taken by another program. */
  #ownFolder(): string {
    if (this.#run?.isOurs === true) return this.#run.path;
    const facts = { ...this.#facts, run: randomId() };
    mkdirSync(this.spool, { recursive: true });
    this.#run = RunFolder.create(join(this.spool, facts.run), facts);
    this.#facts = facts;
    return this.#run.path;
  }

  #release(): void {
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

/** Whether a file does not exist, as opposed to one that cannot be reached now. */
function isGone(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false }) === undefined;
  } catch {
    return false;
  }
}
