import { isatty } from "node:tty";
import { RerunError, type EncodedMessage, type SinkStats } from "@rerun-ts/core";
import { checkOptions, messageOf, type OptionNames } from "@rerun-ts/core/checks";
import type { RrdWriter } from "@rerun-ts/core/encode";
import { BufferingSink, SinkStatus, type RecordingSink, type RecordingSinkContext } from "@rerun-ts/core/transport";
import { rrdWriterOf, type FileSinkOptions } from "../file/file-sink-options.ts";
import { writeFully } from "../file/write-fully.ts";
import { makeStandardOutput, redirectOutput } from "./redirect-output.ts";
import { hasShutdownListeners, suspendShutdownListeners } from "./suspend-shutdown.ts";

const STDOUT = 1;
/** The maximum size of the data that is buffered for a later sink while standard output is a terminal. */
const MAX_BACKLOG_BYTES = 2 ** 30;

/** The options of files, except those for the time after writing. */
const STDOUT_SINK_OPTIONS: OptionNames<Omit<FileSinkOptions, "optimizeOnClose">> = {
  writeFooter: "boolean",
  maxFooterBytes: 1,
  fsync: 1,
};

/**
 * Writes a recording to standard output, to be piped: `node app.js | rerun -`. It writes synchronously, in the calling
 * thread: a full pipe blocks logging until the reader catches up. If nobody has read for 5 seconds, signals end the
 * program immediately, also with `installShutdownSignals`.
 *
 * The console prints to standard error from then on, until the process ends, because text would damage the recording.
 * `process.stdout` is standard error, too, and the first text is reported. Code that writes to the descriptor 1 itself,
 * as pino does by default, is not redirected.
 *
 * On a terminal nothing is printed: the recording stays buffered (state `buffering`), as in the native SDKs, and a
 * warning says so. If the reader closes the pipe, the sink becomes `broken` with the code `IO_ERROR`, and further
 * messages are dropped and counted. Closing writes the footer.
 *
 * @example
 * await rec.setSinks([new rr.StdoutSink(), new rr.FileSink("copy.rrd")]);
 */
export class StdoutSink implements RecordingSink {
  readonly kind = "stdout";
  readonly key = "stdout";
  readonly #status: SinkStatus;
  readonly #rrd: RrdWriter;
  readonly #fd: number;
  /** Receives all messages while standard output is a terminal. */
  #buffer: BufferingSink | undefined;

  /**
   * @param fd the file descriptor to write to. Default 1, standard output
   * @throws {TypeError} if an option is wrong
   */
  constructor(options?: Omit<FileSinkOptions, "optimizeOnClose">, fd: number = STDOUT) {
    this.#fd = fd;
    checkOptions("StdoutSink", options, STDOUT_SINK_OPTIONS);
    this.#status = new SinkStatus("stdout");
    this.#rrd = rrdWriterOf(options);
  }

  get isSynchronous(): boolean {
    return this.#buffer === undefined;
  }

  /** Writes the header of the recording. @throws {RerunError} `IO_ERROR` if the pipe is closed */
  open(context: RecordingSinkContext): void {
    this.#status.attach(context);
    if (isatty(this.#fd)) {
      this.#buffer = new BufferingSink(MAX_BACKLOG_BYTES);
      this.#buffer.open(context);
      this.#status.change("buffering");
      context.onWarning(
        "standard output is a terminal: the recording stays buffered; pipe it, e.g. `node app.js | rerun -`",
      );
      return;
    }
    try {
      this.#write([this.#rrd.header()]);
    } catch (error) {
      throw failure(error);
    }
    if (this.#fd === STDOUT)
      redirectOutput(() =>
        context.onWarning(
          "standard output is a recording, so `console.log` and `process.stdout` print to standard error from now on",
        ),
      );
    this.#status.change("open");
  }

  send(message: EncodedMessage): void {
    if (this.#buffer !== undefined) return this.#buffer.send(message);
    if (this.#status.state !== "open") return this.#status.drop(message, "closed");
    try {
      this.#write([this.#rrd.frame(message), message.payload]);
      this.#status.sentBytes += message.payload.byteLength;
    } catch (error) {
      this.#status.change("broken", failure(error));
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

  /** Writes the footer, for at most `deadlineMs` if the pipe is full. */
  closeSync(deadlineMs?: number): void {
    this.#buffer?.closeSync();
    if (this.#status.state === "broken" || this.#status.state === "closed") return;
    try {
      const deadline = deadlineMs === undefined ? undefined : performance.now() + deadlineMs;
      if (this.#buffer === undefined) this.#write([this.#rrd.finish()], deadline);
      this.#status.change("closed");
    } catch (error) {
      this.#status.change("broken", failure(error));
    }
  }

  takeBacklog(): EncodedMessage[] {
    return this.#buffer?.takeBacklog() ?? [];
  }

  stats(): SinkStats {
    return this.#buffer === undefined ? this.#status.stats() : { ...this.#buffer.stats(), kind: this.kind };
  }

  /**
   * Writes, and blocks while the pipe is full. A write that blocks in the operating system would prevent the program
   * from reacting to signals. If the program has shutdown listeners, the pipe is therefore set to non-blocking, and a
   * signal ends the program immediately if no reader is left.
   */
  #write(pieces: readonly Uint8Array[], deadline?: number): void {
    let resume: (() => void) | undefined;
    if (!hasShutdownListeners()) return writeFully(this.#fd, pieces, undefined, { deadline });
    if (this.#fd === STDOUT) makeStandardOutput();
    try {
      writeFully(this.#fd, pieces, undefined, { deadline, onStalled: () => (resume = suspendShutdownListeners()) });
    } finally {
      resume?.();
    }
  }
}

function failure(error: unknown): RerunError {
  const reason = messageOf(error);
  return new RerunError("IO_ERROR", `cannot write to standard output: ${reason}`, { cause: error });
}
