import { existsSync, mkdirSync, readdirSync, realpathSync } from "node:fs";
import { resolve } from "node:path";
import type { EncodedMessage, RerunError, SinkStats, StoreId } from "@rerun-ts/core";
import {
  checkOptions,
  describeIgnored,
  differingOptions,
  messageOf,
  nonNegative,
  type OptionNames,
} from "@rerun-ts/core/checks";
import { storeKey } from "@rerun-ts/core/encode";
import {
  MAX_RETAINED_BYTES,
  RetainedMessages,
  SinkStatus,
  type RecordingSink,
  type RecordingSinkContext,
  type SinkTakeover,
} from "@rerun-ts/core/transport";
import { FileInUseError, FileRemovedError } from "../file/durable-file.ts";
import { checkFsync, type FsyncPolicy } from "../file/fsync-policy.ts";
import { ioError } from "../file/io-error.ts";
import { pathOf } from "../file/path-of.ts";
import { parseByteCount } from "../file/byte-units.ts";
import { parsePartName } from "./part-name.ts";
import type { PartFile } from "./part-file.ts";
import { StoreParts } from "./store-parts.ts";

const MAX_BYTES = 128_000_000;
const MAX_SECONDS = 60;
/** The longest time of a timer. */
const MAX_TIMER_MS = 2 ** 31 - 1;
/** The maximum number of recordings and layouts with open parts. Above it, the least recently used one is finished. */
const MAX_STORES = 16;

/** Options of {@link PartsFileSink}. */
export interface PartsFileSinkOptions {
  /**
   * A part is complete at this size, in bytes or as text such as `"64MB"`. The message that reaches this size is still
   * in the part. Default `"128MB"`.
   */
  maxBytes?: number | string | undefined;
  /** A part is complete at this age, in seconds from its first message. Default 60. `Infinity` means no limit. */
  maxSeconds?: number | undefined;
  /**
   * The policy for synchronizing parts with the disk, against a loss of power: `"never"`, `"interval"` (within a
   * second) or `"every-ack"` (before `flush` settles). With the last two a part is on the disk before it gets its name.
   * Default `"never"`: flushed data survives any end of the process.
   */
  fsync?: FsyncPolicy | undefined;
}

export const PARTS_FILE_SINK_OPTIONS: OptionNames<PartsFileSinkOptions> = { maxBytes: 1, maxSeconds: 1, fsync: 1 };

/** The calls of another sink for the parts of a {@link PartsFileSink}. */
export interface PartsControl {
  /** Finishes all parts: the next message begins new ones. A failure breaks the sink. */
  finish(): void;
  /** Calls back for each complete part, with its path and the number of its rows. */
  onFinished(listener: (path: string, rows: number) => void): void;
}

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
 * `rerun-ts seal`. Any number of recordings and programs may use one folder. A failure breaks the sink with the code
 * `IO_ERROR`. The data in the open part stays, and the part is finished later.
 *
 * @example
 * await rec.setSinks([new rr.PartsFileSink("/data/run7", { maxBytes: "64MB" }), new rr.GrpcSink()]);
 */
export class PartsFileSink implements RecordingSink {
  readonly kind = "parts";
  readonly key: string;
  readonly isSynchronous = true;
  /** The absolute path of the folder. */
  readonly path: string;
  readonly #status: SinkStatus;
  readonly #options: PartsFileSinkOptions;
  readonly #maxBytes: number;
  readonly #maxMs: number;
  readonly #fsync: FsyncPolicy;
  readonly #retained: RetainedMessages;
  /** The open stores by their keys, the most recently used one last. */
  readonly #stores = new Map<string, StoreParts>();
  readonly #sealing = new AbortController();
  #sealed: Promise<void> | undefined;
  #isMoreExpected = false;
  #isOpen = false;
  #onFinished: (path: string, rows: number) => void = () => {};

  static {
    access = (sink) => ({
      finish: () => {
        sink.#attempt(() => {
          for (const store of sink.#stores.values()) store.finish();
        });
      },
      onFinished: (listener) => (sink.#onFinished = listener),
    });
  }

  /**
   * @param folder the path of the folder, relative to the working folder, or a `file:` URL. It is created
   * @throws {TypeError} if `folder` is not a path, or an option is wrong
   */
  constructor(folder: string | URL, options?: PartsFileSinkOptions) {
    checkOptions("PartsFileSink", options, PARTS_FILE_SINK_OPTIONS);
    this.path = resolve(pathOf("folder", "the path of a folder", folder));
    this.key = `parts:${realPath(this.path)}`;
    this.#options = options ?? {};
    this.#maxBytes = parseByteCount("maxBytes", options?.maxBytes ?? MAX_BYTES);
    const maxMs = 1000 * nonNegative("maxSeconds", options?.maxSeconds ?? MAX_SECONDS);
    this.#maxMs = maxMs > MAX_TIMER_MS ? Infinity : maxMs;
    this.#fsync = checkFsync("fsync", options?.fsync);
    this.#status = new SinkStatus("parts");
    this.#retained = new RetainedMessages(Math.min(MAX_RETAINED_BYTES, this.#maxBytes / 2));
  }

  /** Whether the folder, or a part that is open, was removed or renamed. */
  get isStale(): boolean {
    if (!this.#isOpen) return false;
    return !existsSync(this.path) || [...this.#stores.values()].some(({ open }) => open.some((part) => part.isGone));
  }

  /** Creates the folder and the first part. @throws {RerunError} `IO_ERROR` if this fails */
  open(context: RecordingSinkContext): void {
    this.#status.attach(context);
    const { applicationId, recordingId } = context;
    try {
      mkdirSync(this.path, { recursive: true });
      const unfinished = readdirSync(this.path).map(parsePartName);
      this.#storeOf({ kind: "recording", applicationId, recordingId }).create();
      if (unfinished.some((name) => name !== undefined && name.kind !== "complete")) this.#sealed = this.#seal();
    } catch (error) {
      throw this.#failure("create", error);
    }
    this.#isOpen = true;
    this.#status.change("open");
  }

  send(message: EncodedMessage): void {
    if (!this.#isOpen) return this.#status.drop(message, "closed");
    try {
      // Only after `write`: a part that begins with this message must not repeat it as retained data.
      this.#storeOf(message.storeId).write(message, this.#isMoreExpected);
      this.#status.sentBytes += message.payload.byteLength;
      if (message.isStatic && message.storeId.kind === "recording")
        this.#retained.add({ ...message, payload: message.payload.slice() });
    } catch (error) {
      this.#break(error);
      this.#status.drop(message, "closed");
    }
  }

  /** Until the last message of a flush small messages are held back, and written together. */
  expectMore(isMore: boolean): void {
    this.#isMoreExpected = isMore;
    if (isMore) return;
    this.#attempt(() => {
      for (const store of this.#stores.values()) store.writeHeld();
    });
  }

  /** Settles when all sent data is in the files. `fsync` decides whether it is on the disk, too. */
  async flush(): Promise<void> {
    this.#status.throwIfBroken();
    try {
      const parts = [...this.#stores.values()].flatMap(({ open }) => open);
      await Promise.all(parts.map((part) => part.flush()));
      await Promise.all([...this.#stores.values()].flatMap(({ loaded }) => loaded ?? []));
    } catch (error) {
      this.#break(error);
    }
    this.#status.throwIfBroken();
  }

  /** Finishes all parts, including those of other programs that are being finished. */
  async close(): Promise<void> {
    this.closeSync();
    await this.#sealed;
    this.#status.throwIfBroken();
  }

  /** Finishes all parts of this sink. */
  closeSync(): void {
    this.#sealing.abort();
    if (!this.#isOpen) return;
    this.#attempt(() => {
      for (const store of this.#stores.values()) store.finish();
      this.#isOpen = false;
      this.#stores.clear();
      this.#retained.clear();
      this.#status.change("closed");
    });
  }

  /** The sizes of parts and the synchronization with the disk stay as they are. */
  takeOver(other: RecordingSink): SinkTakeover {
    if (!(other instanceof PartsFileSink)) return {};
    return { notice: describeIgnored(this, differingOptions(this.#options, other.#options)) };
  }

  stats(): SinkStats {
    return this.#status.stats();
  }

  #storeOf(storeId: StoreId): StoreParts {
    const key = storeKey(storeId);
    const known = this.#stores.get(key);
    if (known !== undefined) {
      if (this.#stores.size === 1) return known;
      this.#stores.delete(key);
      this.#stores.set(key, known);
      return known;
    }
    const [oldest] = this.#stores;
    if (oldest !== undefined && this.#stores.size >= MAX_STORES) {
      oldest[1].finish();
      this.#stores.delete(oldest[0]);
    }
    // Layouts are not divided, because viewers need a whole layout.
    const isLayout = storeId.kind === "blueprint";
    const store = new StoreParts(storeId, {
      folder: this.path,
      maxBytes: isLayout ? Infinity : this.#maxBytes,
      maxMs: isLayout ? Infinity : this.#maxMs,
      fsync: this.#fsync,
      opening: () => this.#retained.inOrder.filter((message) => storeKey(message.storeId) === key),
      onFailure: (error) => this.#break(error),
      onFinished: (path, rows) => this.#onFinished(path, rows),
    });
    this.#stores.set(key, store);
    return store;
  }

  /** Finishes parts that earlier programs have left. Never rejects, because those parts belong to other recordings. */
  async #seal(): Promise<void> {
    try {
      const { sealParts } = await import("./seal-parts.ts");
      const { signal } = this.#sealing;
      const { failed } = await sealParts(this.path, { signal, onWaiting: (text) => this.#status.warn(text) });
      for (const { path, error } of failed)
        this.#status.warn(`${path} could not be finished: ${messageOf(error)}; try \`rerun-ts rrd repair\``);
    } catch (error) {
      this.#status.warn(`unfinished parts in ${this.path} stay as they are: ${messageOf(error)}`);
    }
  }

  #attempt(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#break(error);
    }
  }

  /** Finishes or closes all parts, and reports the failure. */
  #break(error: unknown): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    let [rows, bytes] = [0, 0];
    for (const store of this.#stores.values()) {
      for (const part of store.open) {
        const lost = isLost(error, part) ? { rows: part.rows, bytes: part.newBytes } : part.held;
        rows += lost.rows;
        bytes += lost.bytes;
      }
      store.abandon();
    }
    this.#stores.clear();
    this.#status.sentBytes -= bytes;
    this.#status.change("broken", this.#failure("write", error));
    if (rows > 0) this.#status.countDrop({ rows, bytes, reason: "closed" });
  }

  #failure(verb: "create" | "write", error: unknown): RerunError {
    return ioError(`cannot ${verb} parts in ${this.path}`, error, "folder");
  }
}

/** The control of the parts of a sink, for the sink that uploads them. */
export function controlParts(sink: PartsFileSink): PartsControl {
  return access(sink);
}

/** Whether the data written to a part is lost. */
function isLost(error: unknown, part: PartFile): boolean {
  // The error does not say which part another program writes. There is rarely more than one.
  return error instanceof FileInUseError || (error instanceof FileRemovedError && part.isGone);
}

/** The path with symbolic links resolved, if it exists, so that all spellings of a path are one destination. */
function realPath(path: string): string {
  try {
    return realpathSync.native(path);
  } catch {
    return path;
  }
}
