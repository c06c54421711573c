import { writeVarint } from "./varint.ts";

/** From this size on, bytes are not copied before the message is complete. */
const LARGE = 64 * 1024;

/**
 * Writes the few protobuf constructs that Rerun's messages use, so that a page that only logs needs no protobuf
 * library. Source: the wire format, protobuf.dev/programming-guides/encoding.
 */
export class ProtobufWriter {
  #bytes: Uint8Array<ArrayBuffer>;
  #length = 0;
  /** Parts before `#bytes`, and their length. Large values are here, which must not change until the end. */
  #parts: Uint8Array[] = [];
  #partsLength = 0;

  constructor(capacity = 128) {
    this.#bytes = new Uint8Array(capacity);
  }

  /** The number of bytes written so far. */
  get byteLength(): number {
    return this.#partsLength + this.#length;
  }

  /** A copy of the bytes written so far. */
  finish(): Uint8Array<ArrayBuffer> {
    if (this.#parts.length === 0) return this.#bytes.slice(0, this.#length);
    const bytes = new Uint8Array(this.byteLength);
    this.copyTo(bytes, 0);
    return bytes;
  }

  /** Copies the bytes written so far into `target` at `at`. */
  copyTo(target: Uint8Array, at: number): void {
    for (const part of this.#parts) {
      target.set(part, at);
      at += part.byteLength;
    }
    target.set(this.#bytes.subarray(0, this.#length), at);
  }

  /** Writes a non-negative integer. Omits 0, which is the default. */
  uint(field: number, value: number): this {
    return value === 0 ? this : this.presentUint(field, value);
  }

  /** Writes a non-negative integer of a field with presence: 0 is written too. */
  presentUint(field: number, value: number): this {
    this.#varint(field * 8);
    this.#varint(value);
    return this;
  }

  /** Writes bytes, which may be in several pieces. */
  bytes(field: number, ...pieces: readonly Uint8Array[]): this {
    let byteLength = 0;
    for (const piece of pieces) byteLength += piece.byteLength;
    this.#varint(field * 8 + 2);
    this.#varint(byteLength);
    for (const piece of pieces) this.#append(piece);
    return this;
  }

  /** Writes a message that another writer has written. */
  message(field: number, writer: ProtobufWriter): this {
    return this.bytes(field, ...writer.#parts, writer.#bytes.subarray(0, writer.#length));
  }

  /** Writes a string. Omits the empty string, which is the default. */
  string(field: number, value: string): this {
    return value === "" ? this : this.bytes(field, new TextEncoder().encode(value));
  }

  #append(piece: Uint8Array): void {
    if (piece.byteLength >= LARGE) {
      this.#parts.push(this.#bytes.slice(0, this.#length), piece);
      this.#partsLength += this.#length + piece.byteLength;
      this.#length = 0;
      return;
    }
    this.#reserve(piece.byteLength);
    this.#bytes.set(piece, this.#length);
    this.#length += piece.byteLength;
  }

  #varint(value: number): void {
    this.#reserve(10);
    this.#length = writeVarint(this.#bytes, this.#length, value);
  }

  #reserve(count: number): void {
    if (this.#length + count <= this.#bytes.byteLength) return;
    const grown = new Uint8Array(Math.max(this.#bytes.byteLength * 2, this.#length + count));
    grown.set(this.#bytes);
    this.#bytes = grown;
  }
}
