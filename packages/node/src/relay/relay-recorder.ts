import { statSync, unlinkSync } from "node:fs";
import { RerunError, type EncodedMessage } from "@rerun-ts/core";
import { messageOf } from "@rerun-ts/core/checks";
import { RrdWriter } from "@rerun-ts/core/encode";
import { ManifestReader, decodeMessage, footerEntry } from "@rerun-ts/core/rrd";
import { DurableFile, FileInUseError, FileRemovedError } from "../file/durable-file.ts";
import type { FsyncPolicy } from "../file/fsync-policy.ts";
import { DecompressionBudget, FooterMemory, type FooterOwner } from "./footer-limits.ts";
import { readLogMsg, type LogMsgOutline } from "./grpc/log-msg.ts";
import type { RelayMessage } from "./relay-message.ts";
import type { MessageRecorder } from "./message-recorder.ts";

/** The size of one write to the file, at most one message more. */
const BATCH_BYTES = 4 * 1024 * 1024;
/** Options of {@link RelayRecorder}. */
export interface RelayRecorderOptions {
  readonly fsync: FsyncPolicy;
  /** The file differs from the expected one: it has no footer, or it ends early. */
  onWarning(message: string): void;
  /** A file is complete. Default: nothing. */
  onComplete?: ((path: string) => void) | undefined;
  /** Limits that several files share. Default: separate limits. */
  readonly budget?: DecompressionBudget | undefined;
  readonly footers?: FooterMemory | undefined;
  /** Reads the chunks of several files. Default: a separate reader. */
  readonly manifests?: ManifestReader | undefined;
}

/**
 * Writes everything that a relay receives to a `.rrd` file. A message is in the file before its client receives the
 * acknowledgement, and on the disk too with the policy `"every-ack"`. If writing fails, the recorder reports the error
 * and stores it as {@link failure}, and the relay rejects all messages from then on.
 *
 * A chunk that a footer cannot describe, from another SDK, is written nevertheless. The file then has no footer, which
 * is reported.
 *
 * The file can be closed in between, and is opened again for the next message, so recorders may outnumber the files
 * that a process may have open.
 */
export class RelayRecorder implements MessageRecorder, FooterOwner {
  /** The error that ended the recording early. */
  failure: RerunError | undefined;
  readonly #path: string;
  /** The file while it is open. */
  #file: DurableFile | undefined;
  readonly #options: RelayRecorderOptions;
  /** Frames the messages for the file. */
  readonly #frames = new RrdWriter({ footer: false });
  /** Collects the contents of the footer, at the same positions. `undefined` once a footer is impossible. */
  #footer: RrdWriter | undefined = new RrdWriter();
  readonly #budget: DecompressionBudget;
  readonly #footers: FooterMemory;
  readonly #manifests: ManifestReader;
  /** The number of bytes of the written footer. */
  #footerLength = 0;
  #hasStarted = false;
  /** Whether the first message begins the file. */
  #startsLater = false;
  #pending: RelayMessage[] = [];
  #pendingBytes = 0;

  /** Opens or creates the file, and leaves it as it is. @throws {RerunError} `IO_ERROR` if that fails */
  constructor(path: string, options: RelayRecorderOptions) {
    this.#path = path;
    this.#options = options;
    this.#budget = options.budget ?? new DecompressionBudget();
    this.#footers = options.footers ?? new FooterMemory();
    this.#manifests = options.manifests ?? new ManifestReader();
    try {
      this.#file = new DurableFile(path, options.fsync);
    } catch (error) {
      throw fileError("create", path, error);
    }
  }

  /** The number of bytes written so far. */
  get bytes(): number {
    return this.#hasStarted ? this.#frames.position + this.#footerLength : 0;
  }

  /**
   * Checks that no other program has changed the file, and opens it again if it was closed.
   * @throws {FileChangedError}, or the error of the operating system
   */
  open(): void {
    // Pending messages are written immediately, which checks the file.
    if (this.#pending.length === 0) this.#openFile();
  }

  /** Closes the file without a footer, because another program has moved or changed it. */
  abandon(): void {
    this.#closeFile();
    this.#footers.set(this, 0);
  }

  /** Begins the file, and removes its previous contents. */
  start(): void {
    this.#hasStarted = true;
    this.#attempt(() => {
      const file = this.#file;
      if (file?.hasContents === true) file.truncate(0);
      file?.write([this.#frames.header()], 0);
    });
  }

  /** Lets the first message begin the file. Until then there is no file, or the existing one stays unchanged. */
  startWithFirstMessage(): void {
    this.#startsLater = true;
    // Opening has shown that the file can be written.
    if (this.#file?.isNew === true) this.#attempt(() => this.#removeNew());
  }

  #removeNew(): void {
    unlinkSync(this.#path);
    this.#closeFile();
  }

  /** @throws {FileChangedError} if another program has written a file to the path meanwhile */
  #startNow(): void {
    this.#startsLater = false;
    if (this.#file === undefined) {
      this.#file = new DurableFile(this.#path, this.#options.fsync);
      if (this.#file.hasContents) throw new FileChangedError(this.#path, sizeOf(this.#path), 0);
    }
    this.start();
  }

  get failures(): number {
    return this.failure === undefined ? 0 : 1;
  }

  prepare(): RerunError | undefined {
    return this.failure;
  }

  add(message: RelayMessage): void {
    this.#pending.push(message);
    this.#pendingBytes += message.size;
    if (this.#pendingBytes >= BATCH_BYTES) this.#writePending();
  }

  store(): Promise<void> | undefined {
    this.#writePending();
    // If the file is closed, closing has synchronized its data.
    if (this.failure !== undefined || this.#options.fsync !== "every-ack") return undefined;
    return this.#file?.acknowledgeable().catch((error: unknown) => this.#fail(error));
  }

  /** Writes pending messages, and closes the file until the next message. */
  release(): void {
    this.#writePending();
    this.#attempt(() => this.#closeFile());
  }

  /** Writes pending messages and the footer, and closes the file. A file that was not begun stays unchanged. */
  close(): void {
    this.#writePending();
    this.#attempt(() => {
      if (!this.#hasStarted && this.#file?.isNew === true) unlinkSync(this.#path);
      const isComplete = this.#hasStarted && this.#writeFooter(this.#footer);
      this.#closeFile();
      if (isComplete) this.#options.onComplete?.(this.#path);
    });
    this.#footers.set(this, 0);
    this.#footer = undefined;
  }

  dropFooter(reason: string): void {
    this.#footer = undefined;
    this.#footers.set(this, 0);
    this.#warnWithoutFooter(reason);
  }

  #warnWithoutFooter(reason: string): void {
    this.#options.onWarning(`${this.#path} has no footer: ${reason}`);
  }

  /** Writes the footer, if there can be one. Returns whether the file is still ours. */
  #writeFooter(footer: RrdWriter | undefined): boolean {
    if (footer === undefined) return true;
    try {
      const bytes = footer.finish((reason) => this.#warnWithoutFooter(reason));
      this.#openFile().write([bytes], this.#frames.position);
      this.#footerLength = bytes.byteLength;
      return true;
    } catch (error) {
      if (!(error instanceof FileChangedError)) throw error;
      this.#options.onWarning(error.message);
      return false;
    }
  }

  /** The unchanged file, opened again if it was closed. @throws {FileChangedError} */
  #openFile(): DurableFile {
    const { position } = this.#frames;
    if (this.#file === undefined) {
      const size = sizeOf(this.#path);
      if (size !== position) throw new FileChangedError(this.#path, size, position);
      return (this.#file = new DurableFile(this.#path, this.#options.fsync));
    }
    try {
      this.#file.check();
    } catch (error) {
      const isRemoved = error instanceof FileRemovedError;
      if (!isRemoved && !(error instanceof FileInUseError)) throw error;
      throw new FileChangedError(this.#path, isRemoved ? undefined : sizeOf(this.#path), position);
    }
    return this.#file;
  }

  #closeFile(): void {
    const file = this.#file;
    this.#file = undefined;
    file?.close();
  }

  #writePending(): void {
    if (this.#pending.length === 0 || this.failure !== undefined) return;
    const messages = this.#pending.map(storedMessage);
    this.#pending = [];
    this.#pendingBytes = 0;
    if (this.#startsLater) this.#attempt(() => this.#startNow());
    const { position } = this.#frames;
    this.#attempt(() => {
      const file = this.#openFile();
      const pieces = messages.flatMap(({ message }) => [this.#frames.frame(message), message.payload]);
      file.write(pieces, position);
    }, position);
    if (this.failure === undefined) this.#addToFooter(messages);
  }

  /** Adds the messages to the footer, which describes the contents of each chunk. */
  #addToFooter(messages: readonly StoredMessage[]): void {
    try {
      for (const { message, uncompressedBytes } of messages) {
        if (this.#footer === undefined) return;
        this.#budget.spend(message.payload.byteLength, uncompressedBytes);
        const decoded = decodeMessage(message.kind, message.payload);
        if (decoded.kind !== "end") {
          this.#footer.frame(footerEntry(decoded, this.#manifests, message.storeId));
        }
      }
    } catch (error) {
      return this.dropFooter(messageOf(error));
    }
    const { footerBytes, isFooterDropped } = this.#footer ?? { footerBytes: 0, isFooterDropped: true };
    this.#footers.set(this, isFooterDropped ? 0 : footerBytes);
  }

  /** @param position the end of the last complete message. If `work` fails, the file is truncated to it */
  #attempt(work: () => void, position?: number): void {
    if (this.failure !== undefined) return;
    try {
      work();
    } catch (error) {
      this.#fail(error, position);
    }
  }

  #fail(error: unknown, position?: number): void {
    if (this.failure !== undefined) return;
    this.failure = fileError("write", this.#path, error);
    // The end of the file may belong to another program, so it must not be truncated.
    this.#file?.abandon(error instanceof FileChangedError ? undefined : position);
    this.#file = undefined;
    this.#footers.set(this, 0);
    this.#options.onWarning(this.failure.message);
  }
}

/** The error for a file that another program has changed. */
export class FileChangedError extends Error {
  readonly problem: string;

  constructor(path: string, size: number | undefined, expected: number) {
    const change = size === undefined ? "moved or removed it" : `changed it from ${expected} to ${size} bytes`;
    const problem = `another program has ${change}`;
    super(`${path} ends early, without a footer: ${problem}`);
    this.problem = problem;
  }
}

/** A relayed message in its form for files, without the `LogMsg` around it. */
interface StoredMessage {
  readonly message: EncodedMessage;
  readonly uncompressedBytes: number;
}

function storedMessage({ kind, store, isStatic, memory, bodyStart, end }: RelayMessage): StoredMessage {
  if (kind === "table" || store === undefined) throw new Error("a table does not belong to a recording");
  const { payloadStart, payloadEnd, uncompressedBytes } = readLogMsg(memory, bodyStart, end) as LogMsgOutline;
  const payload = memory.subarray(payloadStart, payloadEnd) as Uint8Array<ArrayBuffer>;
  return { message: { kind, storeId: store.id, isStatic, payload }, uncompressedBytes };
}

function sizeOf(path: string): number | undefined {
  return statSync(path, { throwIfNoEntry: false })?.size;
}

function fileError(verb: string, path: string, error: unknown): RerunError {
  const reason = error instanceof FileChangedError ? error.problem : messageOf(error);
  return new RerunError("IO_ERROR", `cannot ${verb} ${path}: ${reason}`, { cause: error, argument: "--save" });
}
