import { closeSync, fstatSync, ftruncateSync, openSync, realpathSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { RerunError, type EncodedMessage, type Sink, type SinkContext, type SinkStats } from "@rerun-ts/core";
import { RrdWriter, SinkStatus, describeUnknown, describeValue } from "@rerun-ts/core/internal";
import { writeFully } from "./write-fully.ts";

/** What to do about what the system says. */
const ADVICE: Readonly<Record<string, string>> = {
  ENOENT: "its folder must exist",
  ENOTDIR: "a part of its path is a file, not a folder",
  EISDIR: "it is a folder; name a file in it",
  EACCES: "it must be writable, or its folder if it is new",
  EPERM: "it must be writable, or its folder if it is new",
  EROFS: "the disk is read-only; write elsewhere",
  ENOSPC: "the disk is full; make room, or write elsewhere",
  EDQUOT: "the quota is used up; make room, or write elsewhere",
};

/** Options of {@link FileSink}. */
export interface FileSinkOptions {
  /** End the file with a footer, by which `rerun rrd verify` and catalogs find its chunks. Default `true`. */
  writeFooter?: boolean | undefined;
  /** A footer that would be larger than this is left out, which is reported. Default 64 MiB. */
  maxFooterBytes?: number | undefined;
}

export const FILE_SINK_OPTIONS: Readonly<Record<keyof FileSinkOptions, 1>> = { writeFooter: 1, maxFooterBytes: 1 };

/** The file's content is written by this. @throws {TypeError} if an option is wrong. */
export function rrdWriterOf(options: FileSinkOptions | undefined): RrdWriter {
  return new RrdWriter({ footer: options?.writeFooter, maxFooterBytes: options?.maxFooterBytes });
}

/**
 * Writes a recording to a file. Each message is in the file when the logging call that completed it returns, so that
 * nothing that was flushed is lost, however the process ends.
 */
export class FileSink implements Sink {
  readonly kind = "file";
  readonly key: string;
  readonly isSynchronous = true;
  /** The absolute path. */
  readonly path: string;
  readonly #status: SinkStatus;
  readonly #rrd: RrdWriter;
  /** Negative while the file is not open. */
  #fd = -1;
  /** Only a regular file has places to write to, and can be cut back. */
  #isRegular = false;

  /** @throws {TypeError} if `path` is no path, or an option is wrong. */
  constructor(path: string | URL, options?: FileSinkOptions) {
    const isPath = (typeof path === "string" && path !== "") || path instanceof URL;
    if (!isPath) throw new TypeError(`\`path\` must be the path of a file, got ${describeValue(path)}`);
    this.path = resolve(path instanceof URL ? fileURLToPath(path) : path);
    this.key = `file:${realPath(this.path)}`;
    this.#status = new SinkStatus("file", describeUnknown("FileSink", options, FILE_SINK_OPTIONS));
    this.#rrd = rrdWriterOf(options);
  }

  /** Creates the file, or empties it. @throws {RerunError} `FILE`. */
  open(context: SinkContext): void {
    this.#status.attach(context);
    try {
      this.#fd = openSync(this.path, "w");
      this.#isRegular = fstatSync(this.#fd).isFile();
      writeFully(this.#fd, [this.#rrd.header()], this.#isRegular ? 0 : undefined);
    } catch (error) {
      this.#release();
      throw this.#failure("create", error);
    }
    this.#status.change("open");
  }

  send(message: EncodedMessage): void {
    if (this.#fd < 0) return this.#status.drop(message, "closed");
    const { position } = this.#rrd;
    try {
      writeFully(this.#fd, [this.#rrd.frame(message), message.payload], this.#isRegular ? position : undefined);
      this.#status.sentBytes += message.payload.byteLength;
    } catch (error) {
      this.#cutBack(position);
      this.#status.change("broken", this.#failure("write", error));
      this.#status.drop(message, "closed");
    }
  }

  async flush(): Promise<void> {
    if (this.#status.state === "broken") throw this.#status.lastError;
  }

  async close(): Promise<void> {
    this.closeSync();
    if (this.#status.state === "broken") throw this.#status.lastError;
  }

  /** Writes the footer and closes the file. */
  closeSync(): void {
    if (this.#fd < 0) return;
    const { position } = this.#rrd;
    try {
      writeFully(this.#fd, [this.#rrd.finish()], this.#isRegular ? position : undefined);
      if (this.#rrd.isFooterDropped)
        this.#status.warn(`${this.path} ends without footer: it would be larger than \`maxFooterBytes\``);
      this.#release();
      this.#status.change("closed");
    } catch (error) {
      this.#cutBack(position);
      this.#status.change("broken", this.#failure("write", error));
    }
  }

  stats(): SinkStats {
    return this.#status.stats();
  }

  /** Leaves no part of a message behind. */
  #cutBack(position: number): void {
    try {
      if (this.#isRegular) ftruncateSync(this.#fd, position);
    } catch {
      // The disk is in trouble already; what counts was told.
    }
    this.#release();
  }

  #release(): void {
    if (this.#fd >= 0) closeSync(this.#fd);
    this.#fd = -1;
  }

  #failure(verb: "create" | "write", error: unknown): RerunError {
    const reason = error instanceof Error ? error.message : String(error);
    const advice = ADVICE[(error as NodeJS.ErrnoException).code ?? ""];
    const message = `cannot ${verb} ${this.path}: ${reason}${advice === undefined ? "" : `; ${advice}`}`;
    return new RerunError("FILE", message, { cause: error, argument: "path" });
  }
}

/** The path without symbolic links, as far as it exists: however it is spelled, a file is one destination. */
function realPath(path: string): string {
  try {
    return realpathSync.native(path);
  } catch {
    // A new file: its folder is what may have several names.
  }
  try {
    return join(realpathSync.native(dirname(path)), basename(path));
  } catch {
    return path;
  }
}
