import { closeSync, openSync } from "node:fs";
import { RerunError, type EncodedMessage } from "@rerun-ts/core";
import { readEncodedMessages } from "@rerun-ts/core/decode";
import { RrdWriter, messageOf } from "@rerun-ts/core/internal";
import { writeFully } from "../file/write-fully.ts";
import type { Relay } from "../relay/relay.ts";
import type { RelayMessage } from "../relay/relay-message.ts";
import type { RelayReader } from "../relay/relay-reader.ts";

/** The size of one write to the file, at most one message more. */
const BATCH_BYTES = 4 * 1024 * 1024;

/**
 * Writes everything that a relay receives to a `.rrd` file. It is a reader of the relay in the same thread and writes
 * synchronously, so that a message is in the file before the client receives its acknowledgement.
 *
 * A chunk that a footer cannot describe, which another SDK may log, is written all the same; the file then has no
 * footer, which is reported. If writing fails, the recorder reports that, stops, and keeps the error as
 * {@link failure}.
 */
export class RelayRecorder {
  /** The number of bytes written so far. */
  bytes = 0;
  /** The error that ended the recording early. */
  failure: RerunError | undefined;
  readonly #path: string;
  readonly #fd: number;
  readonly #relay: Relay;
  readonly #reader: RelayReader;
  /** Frames the messages for the file. */
  readonly #frames = new RrdWriter({ footer: false });
  /** Collects the contents of the footer, at the same positions; `undefined` once there can be no footer. */
  #footer: RrdWriter | undefined = new RrdWriter();
  readonly #onWarning: (message: string) => void;

  /** @throws {RerunError} `FILE` if the file cannot be created. */
  constructor(path: string, relay: Relay, onWarning: (message: string) => void) {
    this.#path = path;
    this.#relay = relay;
    this.#onWarning = onWarning;
    try {
      this.#fd = openSync(path, "w");
    } catch (error) {
      throw fileError("create", path, error);
    }
    this.#write([this.#frames.header()]);
    this.#reader = relay.subscribe("messages", {
      onReady: () => this.#writePending(),
      onDisconnected: (reason) => this.#fail(new RerunError("FILE", `${path} is incomplete: ${reason}`)),
    });
    this.#writePending();
  }

  /** Writes the pending messages and the footer, and closes the file. */
  close(): void {
    this.#writePending();
    this.#relay.unsubscribe(this.#reader);
    if (this.failure !== undefined) return;
    if (this.#footer !== undefined) this.#write([this.#footer.finish()]);
    closeSync(this.#fd);
  }

  #writePending(): void {
    while (this.failure === undefined) {
      const batch: RelayMessage[] = [];
      let bytes = 0;
      for (let message = this.#reader.take(); message !== undefined; message = this.#reader.take()) {
        batch.push(message);
        bytes += message.size;
        if (bytes >= BATCH_BYTES) break;
      }
      if (batch.length === 0) break;
      this.#writeBatch(batch);
    }
    if (this.#reader.isEnded) this.#relay.unsubscribe(this.#reader);
  }

  #writeBatch(batch: readonly RelayMessage[]): void {
    const messages = batch.map(toEncodedMessage);
    const pieces = messages.flatMap((message) => [this.#frames.frame(message), message.payload]);
    this.#addToFooter(messages);
    this.#write(pieces);
  }

  /** Adds the messages to the footer, which describes the contents of each chunk. */
  #addToFooter(messages: readonly EncodedMessage[]): void {
    try {
      for (const message of messages) {
        const writer = new RrdWriter({ footer: false });
        const stream = Buffer.concat([writer.header(), writer.frame(message), message.payload]);
        const [full] = readEncodedMessages(stream);
        // A chunk without rows is in the file, but not in the footer.
        this.#footer?.frame(full === undefined ? { ...message, kind: "activation" } : full);
      }
    } catch (error) {
      if (this.#footer === undefined) return;
      this.#footer = undefined;
      this.#onWarning(`${this.#path} has no footer: ${messageOf(error)}`);
    }
  }

  #write(pieces: Uint8Array[]): void {
    try {
      writeFully(this.#fd, pieces, undefined);
      for (const { byteLength } of pieces) this.bytes += byteLength;
    } catch (error) {
      this.#fail(fileError("write", this.#path, error));
    }
  }

  #fail(error: RerunError): void {
    this.failure ??= error;
    this.#onWarning(error.message);
    closeSync(this.#fd);
    this.#relay.unsubscribe(this.#reader);
  }
}

/** A relayed message as it is stored in a file: without the `LogMsg` around it. */
function toEncodedMessage({ kind, store, isStatic, logMsg }: RelayMessage): EncodedMessage {
  if (kind === "table" || store === undefined) throw new Error("a table does not belong to a recording");
  // A tag of one byte, then the length of the payload as a varint, then the payload.
  let at = 1;
  while (((logMsg[at++] as number) & 0x80) !== 0);
  return { kind, storeId: store.id, isStatic, payload: logMsg.subarray(at) as Uint8Array<ArrayBuffer> };
}

function fileError(verb: string, path: string, error: unknown): RerunError {
  const reason = messageOf(error);
  return new RerunError("FILE", `cannot ${verb} ${path}: ${reason}`, { cause: error, argument: "--save" });
}
