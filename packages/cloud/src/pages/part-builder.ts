import type { EncodedMessage, StoreId } from "@rerun-ts/core";
import { RrdWriter } from "@rerun-ts/core/encode";

/** A part that is made in memory. */
export class PartBuilder {
  readonly storeId: StoreId;
  /** The number of rows, without those that are repeated. */
  rows = 0;
  /** The bytes of its messages that no part before it has, and of those that are repeated. */
  newBytes = 0;
  repeatedBytes = 0;
  readonly #writer = new RrdWriter({ maxFooterBytes: Infinity });
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

  /** Whether it is large enough. One that mostly repeats what earlier ones have goes on. */
  isFull(maxBytes: number): boolean {
    return this.#writer.position >= maxBytes && this.newBytes >= this.repeatedBytes;
  }

  /** The complete part. */
  finish(): Blob {
    return new Blob([...this.#pieces, this.#writer.finish()]);
  }

  #add(message: EncodedMessage): void {
    this.#pieces.push(this.#writer.frame(message), message.payload.slice());
  }
}
