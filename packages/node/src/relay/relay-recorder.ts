import { unlinkSync } from "node:fs";
import { RerunError, type EncodedMessage } from "@rerun-ts/core";
import { readEncodedMessages } from "@rerun-ts/core/decode";
import { RrdWriter, messageOf } from "@rerun-ts/core/internal";
import { DurableFile } from "../file/durable-file.ts";
import type { FsyncPolicy } from "../file/fsync-policy.ts";
import { readLogMsg, type LogMsgOutline } from "./grpc/log-msg.ts";
import type { RelayMessage } from "./relay-message.ts";
import type { MessageRecorder } from "./relay.ts";

/** The size of one write to the file, at most one message more. */
const BATCH_BYTES = 4 * 1024 * 1024;
/**
 * Limits what chunks are decompressed to for the footer, which is work that small messages can ask for: at most this at
 * once, which is regained over time, and a multiple of what was received.
 */
const BUDGET_BYTES = 256 * 1024 * 1024;
const BUDGET_BYTES_PER_SECOND = 64 * 1024 * 1024;
const BUDGET_PER_RECEIVED_BYTE = 16;

/** Options of {@link RelayRecorder}. */
export interface RelayRecorderOptions {
  readonly fsync: FsyncPolicy;
  /** The file is not what was asked for: it has no footer, or it ends early. */
  onWarning(message: string): void;
}

/**
 * Writes everything that a relay receives to a `.rrd` file. A message is in the file before its client receives the
 * acknowledgement, and on the disk too with the policy `"every-ack"`. If writing fails, the recorder reports that, keeps the
 * error as {@link failure}, and the relay rejects all messages from then on.
 *
 * A chunk that a footer cannot describe, which another SDK may log, is written all the same; the file then has no footer,
 * which is reported.
 */
export class RelayRecorder implements MessageRecorder {
  /** The error that ended the recording early. */
  failure: RerunError | undefined;
  readonly #path: string;
  readonly #file: DurableFile;
  readonly #options: RelayRecorderOptions;
  /** Frames the messages for the file. */
  readonly #frames = new RrdWriter({ footer: false });
  /** Collects the contents of the footer, at the same positions; `undefined` once there can be no footer. */
  #footer: RrdWriter | undefined = new RrdWriter();
  readonly #budget = new DecompressionBudget();
  #hasStarted = false;
  #pending: RelayMessage[] = [];
  #pendingBytes = 0;

  /** Opens or creates the file, and leaves it as it is. @throws {RerunError} `FILE` if that fails */
  constructor(path: string, options: RelayRecorderOptions) {
    this.#path = path;
    this.#options = options;
    try {
      this.#file = new DurableFile(path, options.fsync);
    } catch (error) {
      throw fileError("create", path, error);
    }
  }

  /** The number of bytes written so far. */
  get bytes(): number {
    return this.#frames.position;
  }

  /** Begins the file; its previous contents are removed. */
  start(): void {
    this.#hasStarted = true;
    this.#attempt(() => {
      if (this.#file.hasContents) this.#file.truncate(0);
      this.#file.write([this.#frames.header()], 0);
    });
  }

  add(message: RelayMessage): void {
    this.#pending.push(message);
    this.#pendingBytes += message.size;
    if (this.#pendingBytes >= BATCH_BYTES) this.#writePending();
  }

  store(): Promise<void> | undefined {
    this.#writePending();
    if (this.failure !== undefined || this.#options.fsync !== "every-ack") return undefined;
    return this.#file.acknowledgeable().catch((error: unknown) => this.#fail(error));
  }

  /** Writes what is pending and the footer, and closes the file. If it has not begun, it is left as it was. */
  close(): void {
    this.#writePending();
    this.#attempt(() => {
      if (!this.#hasStarted && this.#file.isNew) unlinkSync(this.#path);
      if (this.#hasStarted && this.#footer !== undefined)
        this.#file.write([this.#footer.finish()], this.#frames.position);
      this.#file.close();
    });
  }

  #writePending(): void {
    if (this.#pending.length === 0 || this.failure !== undefined) return;
    const messages = this.#pending.map(storedMessage);
    this.#pending = [];
    this.#pendingBytes = 0;
    const { position } = this.#frames;
    const pieces = messages.flatMap(({ message }) => [this.#frames.frame(message), message.payload]);
    this.#attempt(() => this.#file.write(pieces, position), position);
    if (this.failure === undefined) this.#addToFooter(messages);
  }

  /** Adds the messages to the footer, which describes the contents of each chunk. */
  #addToFooter(messages: readonly StoredMessage[]): void {
    try {
      for (const { message, uncompressedBytes } of messages) {
        if (this.#footer === undefined) return;
        this.#budget.spend(message.payload.byteLength, uncompressedBytes);
        const writer = new RrdWriter({ footer: false });
        const stream = Buffer.concat([writer.header(), writer.frame(message), message.payload]);
        const [full] = readEncodedMessages(stream);
        // A chunk without rows is in the file, but not in the footer.
        this.#footer.frame(full === undefined ? { ...message, kind: "activation" } : full);
      }
    } catch (error) {
      this.#footer = undefined;
      this.#options.onWarning(`${this.#path} has no footer: ${messageOf(error)}`);
    }
  }

  /** @param position the end of what was written completely before, to which the file is truncated if this fails */
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
    this.#file.abandon(position);
    this.#options.onWarning(this.failure.message);
  }
}

/** A relayed message as it is stored in a file: without the `LogMsg` around it. */
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

class DecompressionBudget {
  #bytes = BUDGET_BYTES;
  #updatedAt = performance.now();

  /** @throws {Error} if decompressing this much is not allowed now */
  spend(received: number, uncompressed: number): void {
    const now = performance.now();
    const gained = ((now - this.#updatedAt) / 1000) * BUDGET_BYTES_PER_SECOND + received * BUDGET_PER_RECEIVED_BYTE;
    this.#updatedAt = now;
    this.#bytes = Math.min(BUDGET_BYTES, this.#bytes + gained);
    if (uncompressed > this.#bytes)
      throw new Error(
        `a chunk of ${received} bytes has ${uncompressed} bytes uncompressed, which is too much to read now`,
      );
    this.#bytes -= uncompressed;
  }
}

function fileError(verb: string, path: string, error: unknown): RerunError {
  const reason = messageOf(error);
  return new RerunError("FILE", `cannot ${verb} ${path}: ${reason}`, { cause: error, argument: "--save" });
}
