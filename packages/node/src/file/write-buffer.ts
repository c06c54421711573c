import type { EncodedMessage } from "@rerun-ts/core";

/** Largest number of bytes that are held back. */
const CAPACITY = 64 * 1024;
/** Larger messages are written separately, because copying them takes longer than a write. */
const MAX_MESSAGE = 16 * 1024;

/** Messages that a file sink has copied to write them with one call of the operating system. */
export class WriteBuffer {
  /** Whether messages are held back. */
  isHolding = false;
  /** The position of the first of them in the file. */
  position = 0;
  /** The number of their rows, and the size of their payloads. */
  rows = 0;
  payloadBytes = 0;
  #memory: Uint8Array<ArrayBuffer> | undefined;
  #length = 0;

  /** The headers and payloads of all, valid until the next message is added. */
  get bytes(): Uint8Array {
    return (this.#memory ?? new Uint8Array()).subarray(0, this.#length);
  }

  /**
   * Copies a message, unless the message must be written immediately, or after the buffered ones. Returns the copy of
   * its payload, valid until the messages are cleared.
   */
  add(message: EncodedMessage, header: Uint8Array, position: number): Uint8Array<ArrayBuffer> | undefined {
    const { payload, manifest } = message;
    const size = header.byteLength + payload.byteLength;
    if (!this.isHolding || size > MAX_MESSAGE || this.#length + size > CAPACITY) return undefined;
    this.#memory ??= new Uint8Array(CAPACITY);
    if (this.#length === 0) this.position = position;
    this.#memory.set(header, this.#length);
    const copy = this.#memory.subarray(this.#length + header.byteLength, this.#length + size);
    copy.set(payload);
    this.#length += size;
    this.rows += manifest?.rows ?? 0;
    this.payloadBytes += payload.byteLength;
    return copy;
  }

  /** Forgets all messages. */
  clear(): void {
    this.#length = this.rows = this.payloadBytes = 0;
  }
}
