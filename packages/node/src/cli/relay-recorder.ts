import { closeSync, openSync } from "node:fs";
import { RerunError, type EncodedMessage } from "@rerun-ts/core";
import { readEncodedMessages } from "@rerun-ts/core/decode";
import { RrdWriter } from "@rerun-ts/core/internal";
import { writeFully } from "../file/write-fully.ts";
import type { Relay } from "../relay/relay.ts";
import type { RelayMessage } from "../relay/relay-message.ts";
import type { RelayReader } from "../relay/relay-reader.ts";

/** How much is written at once. */
const BATCH_BYTES = 4 * 1024 * 1024;

/**
 * Writes everything that comes to a relay to a `.rrd` file. A chunk that a footer cannot name, which another SDK may log,
 * is written all the same; then the file ends without footer.
 */
export class RelayRecorder {
  /** Bytes that were written. */
  bytes = 0;
  /** Why it has ended early. */
  failure: RerunError | undefined;
  readonly #path: string;
  readonly #fd: number;
  readonly #relay: Relay;
  readonly #reader: RelayReader;
  /** Both count the same bytes; the one knows what the footer tells. */
  readonly #frames = new RrdWriter({ footer: false });
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
      onReady: () => this.#takeAll(),
      onDropped: (reason) => this.#fail(new RerunError("FILE", `${path} is incomplete: ${reason}`)),
    });
    this.#takeAll();
  }

  /** Takes what is left and ends the file. */
  close(): void {
    this.#takeAll();
    this.#relay.unsubscribe(this.#reader);
    if (this.failure !== undefined) return;
    if (this.#footer !== undefined) this.#write([this.#footer.finish()]);
    closeSync(this.#fd);
  }

  #takeAll(): void {
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
    if (this.#reader.isOver) this.#relay.unsubscribe(this.#reader);
  }

  #writeBatch(batch: readonly RelayMessage[]): void {
    const bare = batch.map(bareMessage);
    const pieces = bare.flatMap((message) => [this.#frames.frame(message), message.payload]);
    this.#note(bare);
    this.#write(pieces);
  }

  /** Counts the messages for the footer, which has to know what is in them. */
  #note(bare: readonly EncodedMessage[]): void {
    try {
      for (const message of bare) {
        const writer = new RrdWriter({ footer: false });
        const stream = Buffer.concat([writer.header(), writer.frame(message), message.payload]);
        const [full] = readEncodedMessages(stream);
        // A chunk without rows stands in the file, and needs not be found.
        this.#footer?.frame(full === undefined ? { ...message, kind: "activation" } : full);
      }
    } catch (error) {
      if (this.#footer === undefined) return;
      this.#footer = undefined;
      this.#onWarning(`${this.#path} ends without footer: ${error instanceof Error ? error.message : String(error)}`);
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

/** A message as it stands in a file: without the `LogMsg` around it. */
function bareMessage({ kind, store, isStatic, logMsg }: RelayMessage): EncodedMessage {
  if (kind === "table" || store === undefined) throw new Error("a table is no message of a recording");
  // Its tag, the length of what follows, and that.
  let at = 1;
  while (((logMsg[at++] as number) & 0x80) !== 0);
  return { kind, storeId: store.id, isStatic, payload: logMsg.subarray(at) as Uint8Array<ArrayBuffer> };
}

function fileError(verb: string, path: string, error: unknown): RerunError {
  const reason = error instanceof Error ? error.message : String(error);
  return new RerunError("FILE", `cannot ${verb} ${path}: ${reason}`, { cause: error, argument: "--save" });
}
