import { wrongCount } from "../../invalid-value.ts";

const MIN_CAPACITY = 64;
/** From this size on, a copy costs more than a chunk of its own. */
const BORROW = 256 * 1024;
/** Arrow's 32-bit offsets reach this far. */
const MAX_LENGTH = 2147483647;
/** Up to this length a loop over character codes is faster than a call into the encoder. */
const SHORT_TEXT = 32;
const ENCODER = /* @__PURE__ */ new TextEncoder();

/**
 * Bytes that grow at the end: the one place where logged values are kept until their chunk is encoded.
 * Hot code calls `reserve` once and then writes through `view` or `bytes`.
 */
export class GrowableBytes {
  bytes: Uint8Array = new Uint8Array(0);
  view: DataView = new DataView(this.bytes.buffer);
  /** How many bytes are in use. */
  length = 0;
  /** How many bytes there is room for; none while the bytes are a caller's. */
  #capacity = 0;
  #own: Uint8Array = this.bytes;

  /** Makes room for `count` more bytes. */
  reserve(count: number): void {
    if (this.length + count > this.#capacity) this.#grow(this.length + count);
  }

  pushInt32(value: number): void {
    this.reserve(4);
    this.view.setInt32(this.length, value, true);
    this.length += 4;
  }

  pushInt64(lo: number, hi: number): void {
    this.reserve(8);
    this.view.setUint32(this.length, lo, true);
    this.view.setInt32(this.length + 4, hi, true);
    this.length += 8;
  }

  pushFloat64(value: number): void {
    this.reserve(8);
    this.view.setFloat64(this.length, value, true);
    this.length += 8;
  }

  /**
   * Appends bytes. A large source is not copied if there is nothing before it: it is borrowed, and must be encoded
   * before the call returns that it came with.
   */
  pushBytes(source: Uint8Array): void {
    if (this.length === 0 && source.byteLength >= BORROW) {
      this.bytes = source;
      this.length = source.byteLength;
      this.#capacity = 0;
      return;
    }
    this.reserve(source.byteLength);
    this.bytes.set(source, this.length);
    this.length += source.byteLength;
  }

  /** Appends a text as UTF-8; lone surrogates become U+FFFD. */
  pushText(text: string): void {
    if (text.length <= SHORT_TEXT && this.#pushAscii(text)) return;
    this.reserve(text.length * 3);
    this.length += ENCODER.encodeInto(text, this.bytes.subarray(this.length)).written;
  }

  /** Appends `count` bytes of one value. */
  fill(value: number, count: number): void {
    this.reserve(count);
    this.bytes.fill(value, this.length, this.length + count);
    this.length += count;
  }

  /** Whether the bytes are a caller's. */
  get isBorrowed(): boolean {
    return this.bytes !== this.#own;
  }

  /** The bytes in use; valid until the next change. */
  get used(): Uint8Array {
    return this.bytes.subarray(0, this.length);
  }

  /** Empties it, and gives memory back that was far too much. */
  clear(): void {
    if (this.#own.byteLength > MIN_CAPACITY && this.length < this.#own.byteLength >> 3) {
      this.#setOwn(new Uint8Array(this.#own.byteLength >> 1));
    } else if (this.bytes !== this.#own) {
      this.#setOwn(this.#own);
    }
    this.length = 0;
  }

  #pushAscii(text: string): boolean {
    this.reserve(text.length);
    const { bytes } = this;
    let at = this.length;
    for (let index = 0; index < text.length; index++) {
      const code = text.charCodeAt(index);
      if (code > 0x7f) return false;
      bytes[at++] = code;
    }
    this.length = at;
    return true;
  }

  #grow(needed: number): void {
    if (needed > MAX_LENGTH) throw wrongCount("smaller than 2 GiB", `${needed} bytes`);
    const used = this.used;
    if (needed > this.#own.byteLength) {
      this.#setOwn(new Uint8Array(Math.min(MAX_LENGTH, Math.max(MIN_CAPACITY, needed, this.#own.byteLength * 2))));
    } else {
      this.#setOwn(this.#own);
    }
    this.bytes.set(used);
  }

  #setOwn(bytes: Uint8Array): void {
    this.#own = bytes;
    this.#capacity = bytes.byteLength;
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }
}
