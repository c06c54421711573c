import { realpathSync, unlinkSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { type RerunError, type EncodedMessage, type SinkFlushOptions, type SinkStats } from "@rerun-ts/core";
import {
  checkOptions,
  describeIgnored,
  differingOptions,
  messageOf,
  type OptionNames,
  invalidArgument,
} from "@rerun-ts/core/checks";
import { RrdWriter } from "@rerun-ts/core/encode";
import {
  SinkStatus,
  startTimer,
  type RecordingSink,
  type RecordingSinkContext,
  type SinkTakeover,
} from "@rerun-ts/core/transport";
import { DurableFile, FileInUseError, FileRemovedError, reserveFile } from "./durable-file.ts";
import { ioError } from "./io-error.ts";
import { pathOf } from "./path-of.ts";
import { WriteBuffer } from "./write-buffer.ts";
import { checkFsync, type FsyncPolicy } from "./fsync-policy.ts";

/** Options of {@link FileSink}. */
export interface FileSinkOptions {
  /** Whether the file ends with a footer. `rerun rrd verify` and catalogs use it to find chunks. Default `true`. */
  writeFooter?: boolean | undefined;
  /**
   * The limit of the memory for making the footer, in bytes. A larger one is left out, with a warning. Default 64 MiB.
   */
  maxFooterBytes?: number | undefined;
  /**
   * The policy for synchronizing the file with its disk, against a loss of power: `"never"`, `"interval"` (within a
   * second) or `"every-ack"` (before `flush` settles). Default `"never"`: flushed data survives any end of the process.
   */
  fsync?: FsyncPolicy | undefined;
  /**
   * Whether the file is optimized when it is closed, as `optimizeRrd` of `@rerun-ts/arrow` does: in few large chunks,
   * for a `live` viewer or an `object-store`; `true` is `object-store`. Needs that package. If the optimization fails,
   * there is a warning, and the file stays as it was logged. It also stays so at a sudden end of the process. Default
   * `false`.
   */
  optimizeOnClose?: boolean | "live" | "object-store" | undefined;
}

export const FILE_SINK_OPTIONS: OptionNames<FileSinkOptions> = {
  writeFooter: "boolean",
  maxFooterBytes: 1,
  fsync: 1,
  optimizeOnClose: 1,
};

/** Creates the encoder for the contents of a file. @throws {TypeError} if an option is wrong */
export function rrdWriterOf(options: FileSinkOptions | undefined): RrdWriter {
  return new RrdWriter({ footer: options?.writeFooter, maxFooterBytes: options?.maxFooterBytes });
}

/**
 * Writes a recording to a `.rrd` file. It writes synchronously, in the calling thread: a completed chunk is in the file
 * when its logging call returns, so flushed data survives any end of the process.
 *
 * The file is created, or truncated, when all sinks of a set are open. Closing appends the footer. If a write fails,
 * for example on a full disk, the sink becomes `broken` with the code `IO_ERROR`, the file is truncated to its last
 * complete message, and further messages are dropped and counted. The same happens if the file was removed, or if
 * another program or thread writes to it. Then all rows count as dropped. A file that was removed or renamed in the
 * meantime is created anew when its path is set again.
 *
 * @example
 * await rec.setSinks([new rr.FileSink("robot.rrd"), new rr.GrpcSink()]);
 */
export class FileSink implements RecordingSink {
  readonly kind = "file";
  readonly key: string;
  readonly place: string;
  readonly isSynchronous = true;
  /** The code for optimizing the file when it is closed. */
  readonly needsEventLoop: boolean;
  /** The absolute path. */
  readonly path: string;
  readonly #status: SinkStatus;
  readonly #rrd: RrdWriter;
  readonly #fsync: FsyncPolicy;
  readonly #options: FileSinkOptions;
  /** Small messages of one flush, which are written together. */
  readonly #held = new WriteBuffer();
  /** The file while it is open. */
  #file: DurableFile | undefined;
  #header = new Uint8Array();
  #hasStarted = false;
  /** Rows that were written, and the size of their payloads. */
  #writtenRows = 0;

  /**
   * @param path the path of the file, relative to the working folder, or a `file:` URL
   * @throws {TypeError} if `path` is not a path, or an option is wrong
   */
  constructor(path: string | URL, options?: FileSinkOptions) {
    checkOptions("FileSink", options, FILE_SINK_OPTIONS);
    this.path = resolve(pathOf("path", "the path of a file", path));
    this.place = this.key = `file:${realPath(this.path)}`;
    this.#options = options ?? {};
    this.#status = new SinkStatus("file");
    this.#rrd = rrdWriterOf(options);
    this.#fsync = checkFsync("fsync", options?.fsync);
    const { optimizeOnClose = false } = options ?? {};
    if (![true, false, "live", "object-store"].includes(optimizeOnClose))
      throw invalidArgument("optimizeOnClose", 'true, false, "live" or "object-store"', optimizeOnClose);
    this.needsEventLoop = optimizeOnClose !== false;
  }

  /** Whether the file was removed or renamed. */
  get isStale(): boolean {
    return this.#file?.isGone === true;
  }

  /** Opens or creates the file. @throws {RerunError} `IO_ERROR` if this fails */
  open(context: RecordingSinkContext): void {
    this.#status.attach(context);
    try {
      this.#file = new DurableFile(this.path, this.#fsync);
      this.#header = this.#rrd.header();
      if (!this.#file.hasContents) this.#file.write([this.#header], 0);
    } catch (error) {
      if (this.#file?.isNew === true) unlinkSync(this.path);
      this.#file?.close();
      this.#file = undefined;
      throw this.#failure("create", error);
    }
    this.#status.change("open");
  }

  /** Replaces the contents of an existing file. */
  start(): void {
    if (this.#hasStarted || this.#file === undefined) return;
    this.#hasStarted = true;
    if (!this.#file.hasContents) return;
    try {
      this.#file.truncate(0);
      this.#file.write([this.#header], 0);
    } catch (error) {
      this.#break(0, error);
    }
  }

  send(message: EncodedMessage): void {
    this.start();
    if (this.#file === undefined) return this.#status.drop(message, "closed");
    const { position } = this.#rrd;
    const header = this.#rrd.frame(message);
    if (this.#held.add(message, header, position)) return;
    this.#writeHeld();
    // Writing the buffered messages may have failed.
    if (this.#file === undefined) return this.#status.drop(message, "closed");
    try {
      this.#file.checkNowAndThen();
      this.#file.write([header, message.payload], position);
      this.#status.sentBytes += message.payload.byteLength;
      this.#writtenRows += message.manifest?.rows ?? 0;
    } catch (error) {
      this.#break(position, error);
      this.#status.drop(message, "closed");
    }
  }

  /** Until the last message of a flush small messages are held back, and written together. */
  expectMore(isMore: boolean): void {
    this.#held.isHolding = isMore;
    if (!isMore) this.#writeHeld();
  }

  /** Settles when all sent data is in the file. `fsync` decides whether it is on the disk, too. */
  async flush(): Promise<void> {
    this.#writeHeld();
    this.#status.throwIfBroken();
    try {
      this.#file?.check();
      await this.#file?.acknowledgeable();
    } catch (error) {
      this.#break(this.#rrd.position, error);
    }
    this.#status.throwIfBroken();
  }

  async close({ timeoutMs = Infinity }: SinkFlushOptions = {}): Promise<void> {
    const isWritten = this.#file !== undefined && this.#hasStarted;
    const isRegular = this.#file?.isRegular === true;
    this.closeSync();
    this.#status.throwIfBroken();
    const { optimizeOnClose = false } = this.#options;
    if (!isWritten || optimizeOnClose === false) return;
    // A pipe or a device cannot be read again.
    if (!isRegular) return this.#status.warn(`${this.path} is a pipe or a device, so it is not optimized`);
    let release: (() => void) | undefined;
    const onTimeout = (): void =>
      this.#status.warn(
        `${this.path} is not optimized yet, and stays as it was logged if the program ends now; \`close\` can wait longer: \`timeoutMs\``,
        "TIMEOUT",
      );
    const timer = startTimer(onTimeout, timeoutMs);
    try {
      // A recording that opened the file now would lose it when the optimized one takes its place.
      release = reserveFile(this.path);
      const { optimizeFile } = await import("./optimize-file.ts");
      await optimizeFile(this.path, optimizeOnClose === true ? "object-store" : optimizeOnClose, this.#fsync);
    } catch (error) {
      this.#status.warn(`${this.path} could not be optimized, and stays as it was logged: ${messageOf(error)}`);
    } finally {
      clearTimeout(timer);
      release?.();
    }
  }

  /** Writes the footer and closes the file. A file that was not begun stays unchanged. */
  closeSync(): void {
    this.#writeHeld();
    const file = this.#file;
    if (file === undefined) return;
    const { position } = this.#rrd;
    try {
      if (this.#hasStarted) {
        file.check();
        const warn = (reason: string): void => this.#status.warn(`${this.path} has no footer: ${reason}`);
        file.write([this.#rrd.finish(warn)], position);
      } else if (!file.hasContents) file.truncate(0);
      this.#file = undefined;
      file.close();
      if (!this.#hasStarted && file.isNew) unlinkSync(this.path);
      this.#status.change("closed");
    } catch (error) {
      this.#break(position, error);
    }
  }

  /** The footer and the synchronization with the disk stay as they are. */
  takeOver(other: RecordingSink): SinkTakeover {
    if (!(other instanceof FileSink)) return {};
    return { notice: describeIgnored(this, differingOptions(this.#options, other.#options)) };
  }

  stats(): SinkStats {
    return this.#status.stats();
  }

  #writeHeld(): void {
    const { bytes, position, rows, payloadBytes } = this.#held;
    if (bytes.byteLength === 0) return;
    this.#held.clear();
    try {
      this.#file?.check();
      this.#file?.write([bytes], position);
      this.#status.sentBytes += payloadBytes;
      this.#writtenRows += rows;
    } catch (error) {
      this.#break(position, error);
      this.#status.countDrop({ rows, bytes: payloadBytes, reason: "closed" });
    }
  }

  /** Removes an incomplete message from the end of the file, closes it, and reports the failure. */
  #break(position: number, error: unknown): void {
    const file = this.#file;
    this.#file = undefined;
    // The end of the file may belong to another program, so it must not be truncated.
    file?.abandon(error instanceof FileInUseError ? undefined : position);
    this.#status.change("broken", this.#failure("write", error));
    if (error instanceof FileInUseError || error instanceof FileRemovedError) this.#dropWritten();
  }

  /** Counts all written rows as dropped, because the file is gone. */
  #dropWritten(): void {
    const rows = this.#writtenRows;
    this.#writtenRows = 0;
    if (rows > 0) this.#status.countDrop({ rows, bytes: this.#status.sentBytes, reason: "closed" });
  }

  #failure(verb: "create" | "write", error: unknown): RerunError {
    return ioError(`cannot ${verb} ${this.path}`, error, "path");
  }
}

/** The path with symbolic links resolved, as far as it exists, so that all spellings of a path are one destination. */
function realPath(path: string): string {
  try {
    return realpathSync.native(path);
  } catch {
    // The file is new: resolve its folder.
  }
  try {
    return join(realpathSync.native(dirname(path)), basename(path));
  } catch {
    return path;
  }
}
