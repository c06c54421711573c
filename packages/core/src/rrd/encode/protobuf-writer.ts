/**
 * The few protobuf constructs of Rerun's messages. The messages on the hot path are framed by hand around their
 * payload, and so are the small ones: a page that only logs carries no protobuf library.
 * Source: the wire format, protobuf.dev/programming-guides/encoding.
 */
export class ProtobufWriter {
  #bytes: Uint8Array<ArrayBuffer>;
  #view: DataView;
  #length = 0;

  constructor(capacity = 128) {
    this.#bytes = new Uint8Array(capacity);
    this.#view = new DataView(this.#bytes.buffer);
  }

  /** A copy of what was written. */
  finish(): Uint8Array<ArrayBuffer> {
    return this.#bytes.slice(0, this.#length);
  }

  /** A number that is not negative; 0, which is the default, is not written. */
  uint(field: number, value: number): this {
    return value === 0 ? this : this.presentUint(field, value);
  }

  /** A number of a field with presence: 0 is written too. */
  presentUint(field: number, value: number): this {
    this.#varint(field * 8);
    this.#varint(value);
    return this;
  }

  /** An unsigned 64-bit number in 8 bytes. */
  fixed64(field: number, lo: number, hi: number): this {
    this.#varint(field * 8 + 1);
    this.#reserve(8);
    this.#view.setUint32(this.#length, lo, true);
    this.#view.setUint32(this.#length + 4, hi, true);
    this.#length += 8;
    return this;
  }

  bytes(field: number, value: Uint8Array): this {
    this.#varint(field * 8 + 2);
    this.#varint(value.byteLength);
    this.#reserve(value.byteLength);
    this.#bytes.set(value, this.#length);
    this.#length += value.byteLength;
    return this;
  }

  /** A text; the empty one, which is the default, is not written. */
  string(field: number, value: string): this {
    return value === "" ? this : this.bytes(field, new TextEncoder().encode(value));
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
    this.#view = new DataView(grown.buffer);
  }
}

/** Writes an integer below 2^53; returns where it ended. */
export function writeVarint(target: Uint8Array, at: number, value: number): number {
  while (value > 0x7f) {
    target[at++] = (value & 0x7f) | 0x80;
    value = Math.floor(value / 128);
  }
  target[at++] = value;
  return at;
}

/** How many bytes {@link writeVarint} writes. */
export function varintLength(value: number): number {
  let length = 1;
  for (; value > 0x7f; value = Math.floor(value / 128)) length++;
  return length;
}
