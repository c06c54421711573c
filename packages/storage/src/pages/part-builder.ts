import type { EncodedMessage, StoreId } from "@rerun-ts/core";
import { RrdWriter } from "@rerun-ts/core/encode";

/** A part that is made in memory. */
export class PartBuilder {
  readonly storeId: StoreId;
  /** The number of new rows, without repeated ones. */
  rows = 0;
  /** Whether the part has static data. */
  hasStatics = false;
  /** The bytes of new messages, and the bytes of messages repeated from earlier parts. */
  newBytes = 0;
  repeatedBytes = 0;
  readonly #writer = new RrdWriter({ maxFooterBytes: Infinity, allowConflicts: true });
  readonly #pieces: Uint8Array<ArrayBuffer>[] = [];

  constructor(storeId: StoreId) {
    this.storeId = storeId;
    this.#pieces.push(this.#writer.header());
  }

  /** Adds a message of an earlier part. */
  repeat(message: EncodedMessage): void {
    this.#add(message);
    this.repeatedBytes += message.payload.byteLength;
  }

  add(message: EncodedMessage): void {
    this.#add(message);
    this.newBytes += message.payload.byteLength;
    this.rows += message.manifest?.rows ?? 0;
  }

  /** Whether the part is large enough. A part with more repeated bytes than new ones continues. */
  isFull(maxBytes: number): boolean {
    return this.#writer.position >= maxBytes && this.newBytes >= this.repeatedBytes;
  }

  /** The complete part. */
  finish(): Blob {
    return new Blob([...this.#pieces, this.#writer.finish()]);
  }

  #add(message: EncodedMessage): void {
    this.hasStatics ||= message.isStatic && message.kind === "chunk";
    this.#pieces.push(this.#writer.frame(message), message.payload.slice());
  }
}
