import { unlinkSync } from "node:fs";
import { resolve } from "node:path";
import {
  isRerunError,
  type RerunError,
  type EncodedMessage,
  type SinkFlushOptions,
  type SinkStats,
} from "@rerun-ts/core";
import { checkOptions, describeIgnored, differingOptions, messageOf, invalidArgument } from "@rerun-ts/core/checks";
import { encodeMessageHeader, type RrdWriter } from "@rerun-ts/core/encode";
import { startTimer } from "@rerun-ts/core/util";
import {
  MAX_RETAINED_BYTES,
  RetainedMessages,
  SinkStatus,
  retentionKey,
  type RecordingSink,
  type RecordingSinkContext,
  type SinkTakeover,
} from "@rerun-ts/core/transport";
import { FILE_SINK_OPTIONS, rrdWriterOf, type FileSinkOptions } from "./file-sink-options.ts";
import { DurableFile, FileInUseError, FileRemovedError, reserveFile } from "./durable-file.ts";
import { ioError } from "./io-error.ts";
import { pathOf } from "./path-of.ts";
import { realPathOfFile } from "./real-path.ts";
import { WriteBuffer } from "./write-buffer.ts";
import { checkFsync, type FsyncPolicy } from "./fsync-policy.ts";

/** The least time between two attempts to write while that fails. */
const RETRY_MS = 1000;

/**
 * Writes a recording to a `.rrd` file. It writes synchronously, in the calling thread: a completed chunk is in the file
 * when its logging call returns, so flushed data survives any end of the process.
 *
 * The file is created, or truncated, when all sinks of a set are open. Closing appends the footer. While writing fails,
 * for example because the disk is full, the file ends with its last complete message, and new data is dropped, counted
 * and reported, with a warning. The sink tries again each second. Then it goes on, and writes static data and
 * blueprints that it has missed.
 *
 * The sink becomes `broken` with the code `IO_ERROR` if the file was removed, or if another program or thread writes to
 * it: then all rows count as dropped. It also does if a pipe or a device fails, or if the footer cannot be written. A
 * file that was removed or renamed in the meantime is created anew when its path is set again.
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
  /** The held messages, whose payloads are in the buffer. */
  #heldMessages: EncodedMessage[] = [];
  /** The file while it is open. */
  #file: DurableFile | undefined;
  #header = new Uint8Array();
  #hasStarted = false;
  /** Whether the file begins with the header of this recording. */
  #hasHeader = false;
  /** The failure since which nothing could be written, and the time of the next attempt. */
  #failure: RerunError | undefined;
  #retryAt = 0;
  /** The last failure since `flush`. */
  #loss: RerunError | undefined;
  /** Whether the file was cut after its last complete message since the failure. */
  #isCut = false;
  /** The retained state that could not be written. */
  readonly #missed = new RetainedMessages(MAX_RETAINED_BYTES);
  /** Rows that were written, and the size of their payloads. */
  #writtenRows = 0;

  /**
   * @param path the path of the file, relative to the working folder, or a `file:` URL
   * @throws {TypeError} if `path` is not a path, or an option is wrong
   */
  constructor(path: string | URL, options?: FileSinkOptions) {
    checkOptions("FileSink", options, FILE_SINK_OPTIONS);
    this.path = resolve(pathOf("path", "the path of a file", path));
    this.place = this.key = `file:${realPathOfFile(this.path)}`;
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
      if (!this.#file.hasContents) this.#writeHeader(this.#file);
    } catch (error) {
      if (this.#file?.isNew === true) unlinkSync(this.path);
      this.#file?.close();
      this.#file = undefined;
      throw this.#errorOf("create", error);
    }
    this.#status.change("open");
  }

  /** Replaces the contents of an existing file. */
  start(): void {
    if (this.#hasStarted || this.#file === undefined) return;
    this.#hasStarted = true;
    if (this.#hasHeader) return;
    try {
      this.#writeHeader(this.#file);
    } catch (error) {
      this.#fail(error);
    }
  }

  send(message: EncodedMessage): void {
    this.start();
    const header = encodeMessageHeader(message.kind, message.payload.byteLength);
    const copy = this.#canWrite ? this.#held.add(message, header, this.#rrd.position) : undefined;
    if (copy !== undefined) return void this.#heldMessages.push({ ...message, payload: copy });
    this.#writeHeld();
    // Writing the buffered messages may have failed.
    const file = this.#canWrite ? this.#file : undefined;
    if (file === undefined) return this.#drop([message]);
    try {
      file.checkNowAndThen();
      file.write([header, message.payload], this.#rrd.position);
      this.#onWritten([message]);
    } catch (error) {
      this.#fail(error);
      this.#drop([message]);
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
    this.#goOn();
    try {
      this.#file?.check();
      await this.#file?.acknowledgeable();
    } catch (error) {
      this.#fail(error);
      this.#goOn();
    }
    this.#status.throwIfBroken();
    // Something was lost since the last flush.
    const failure = this.#loss ?? this.#failure;
    this.#loss = undefined;
    if (failure !== undefined) throw failure;
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
        this.#goOn();
        if (this.#failure !== undefined) throw this.#failure;
        file.check();
        const warn = (reason: string): void => this.#status.warn(`${this.path} has no footer: ${reason}`);
        file.write([this.#rrd.finish(warn)], position);
      } else if (!file.hasContents) file.truncate(0);
      this.#file = undefined;
      file.close();
      if (!this.#hasStarted && file.isNew) unlinkSync(this.path);
      this.#status.change("closed");
    } catch (error) {
      this.#break(error, position);
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

  /** Whether messages can be written now. While that fails, this is tried from time to time. */
  get #canWrite(): boolean {
    if (this.#failure !== undefined && performance.now() >= this.#retryAt) this.#goOn();
    return this.#file !== undefined && this.#failure === undefined;
  }

  #writeHeader(file: DurableFile): void {
    // File systems write a file that was emptied to the disk when it is closed.
    if (file.hasContents || this.#failure !== undefined) file.truncate(0);
    file.write([this.#header], 0);
    this.#hasHeader = true;
  }

  #writeHeld(): void {
    const { bytes, position } = this.#held;
    if (bytes.byteLength === 0) return;
    try {
      this.#file?.check();
      this.#file?.write([bytes], position);
      this.#onWritten(this.#heldMessages);
    } catch (error) {
      this.#fail(error);
      this.#drop(this.#heldMessages);
    }
    this.#held.clear();
    this.#heldMessages = [];
  }

  #onWritten(messages: readonly EncodedMessage[]): void {
    for (const message of messages) {
      this.#rrd.frame(message);
      this.#status.sentBytes += message.payload.byteLength;
      this.#writtenRows += message.manifest?.rows ?? 0;
    }
  }

  /** Counts messages that cannot be written. The retained state among them is written as soon as that works. */
  #drop(messages: readonly EncodedMessage[]): void {
    if (this.#file === undefined) return this.#status.dropAll(messages, "closed");
    for (const message of messages)
      if (retentionKey(message) !== undefined) this.#missed.add({ ...message, payload: message.payload.slice() });
    this.#status.dropAll(messages, "queue-full", true);
  }

  /** Tries to go on after a failure: behind the last complete message, with the retained state that was missed. */
  #goOn(): void {
    const file = this.#file;
    if (file === undefined || this.#failure === undefined) return;
    try {
      file.goOn();
      if (this.#isCut) file.check();
      if (!this.#hasHeader) this.#writeHeader(file);
      file.truncate(this.#rrd.position);
      for (const message of this.#missed.inOrder) {
        const { kind, payload } = message;
        file.write([encodeMessageHeader(kind, payload.byteLength), payload], this.#rrd.position);
        this.#onWritten([message]);
      }
      this.#missed.clear();
      this.#failure = undefined;
    } catch (error) {
      this.#fail(error);
    }
  }

  /** Removes an incomplete message from the end of the file, and reports the failure. */
  #fail(error: unknown): void {
    const file = this.#file;
    const isForeign = error instanceof FileInUseError || error instanceof FileRemovedError;
    if (file === undefined || isForeign || !file.isRegular) return this.#break(error);
    const isFirst = this.#failure === undefined;
    this.#failure = this.#loss = this.#errorOf("write", error);
    this.#status.lastError = this.#failure;
    this.#retryAt = performance.now() + RETRY_MS;
    this.#isCut = false;
    try {
      if (this.#hasHeader) file.truncate(this.#rrd.position);
      this.#isCut = this.#hasHeader;
    } catch {
      // The first error is reported. The next attempt truncates the file, too.
    }
    if (isFirst) this.#status.warn(`${this.#failure.message}; new data is dropped until that works`, "IO_ERROR");
  }

  /** Removes an incomplete message from the end of the file, closes it, and reports the failure. */
  #break(error: unknown, position = this.#rrd.position): void {
    const file = this.#file;
    this.#file = undefined;
    this.#missed.clear();
    // The end of the file may belong to another program, so it must not be truncated.
    file?.abandon(error instanceof FileInUseError ? undefined : position);
    this.#status.change("broken", isRerunError(error) ? error : this.#errorOf("write", error));
    if (error instanceof FileInUseError || error instanceof FileRemovedError) this.#dropWritten();
  }

  /** Counts all written rows as dropped, because the file is gone. */
  #dropWritten(): void {
    const rows = this.#writtenRows;
    this.#writtenRows = 0;
    if (rows > 0) this.#status.countDrop({ rows, bytes: this.#status.sentBytes, reason: "closed" });
  }

  #errorOf(verb: "create" | "write", error: unknown): RerunError {
    const failure = ioError(`cannot ${verb} ${this.path}`, error, "path");
    // Somebody has removed it on purpose, so it is not created anew without being asked.
    if (error instanceof FileRemovedError) failure.message += "; set its sink again to go on in a new file";
    return failure;
  }
}
