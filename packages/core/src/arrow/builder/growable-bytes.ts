import { NO_BYTES, NO_VIEW } from "../../bytes/no-bytes.ts";
import { wrongCount } from "../../checks/invalid-value-error.ts";

const MIN_CAPACITY = 64;
/** From this size on, a copy costs more than a separate chunk. */
const BORROW = 256 * 1024;
/** The largest 32-bit offset of Arrow. */
const MAX_LENGTH = 2147483647;
/** Up to this length a loop over character codes is faster than a call into the encoder. */
const SHORT_TEXT = 32;
const ENCODER = /* @__PURE__ */ new TextEncoder();

/**
 * Bytes that grow at their end: the memory of logged values until their chunk is encoded.
 *
 * Code for single values uses `pushInt32` and the like. Loops call `reserve` once, write through `view` or `bytes`, and
 * then increase `length`. `view` and `bytes` are replaced when the memory grows, so callers must not store them.
 *
 * An empty buffer borrows one large source instead of copying it: `bytes` is then the caller's memory, and must be
 * encoded before the logging call returns. The next append copies it.
 */
export class GrowableBytes {
  /** The memory. Bytes from `length` on are undefined. */
  bytes: Uint8Array = NO_BYTES;
  /** A view of the memory. It is invalid while the memory is borrowed. */
  view: DataView = NO_VIEW;
  /** The number of bytes in use. */
  length = 0;
  /** The number of bytes that fit without an allocation. 0 while memory is borrowed. */
  #capacity = 0;
  /** The buffer's own memory, kept while other memory is borrowed. */
  #own: Uint8Array = NO_BYTES;

  /** Ensures that there is space for `count` more bytes. @throws {InvalidValueError} above 2 GiB */
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

  /** Appends bytes. An empty buffer borrows a source of 256 KiB or more, unless the source's memory may shrink. */
  pushBytes(source: Uint8Array): void {
    if (this.length === 0 && source.byteLength >= BORROW && !isResizable(source.buffer)) {
      checkLength(source.byteLength);
      this.bytes = source;
      this.length = source.byteLength;
      this.#capacity = 0;
      return;
    }
    this.reserve(source.byteLength);
    this.bytes.set(source, this.length);
    this.length += source.byteLength;
  }

  /** Appends a string as UTF-8. Lone surrogates become U+FFFD. */
  pushText(text: string): void {
    if (text.length <= SHORT_TEXT && this.#pushAscii(text)) return;
    this.reserve(text.length * 3);
    this.length += ENCODER.encodeInto(text, this.bytes.subarray(this.length)).written;
  }

  /** Appends `count` bytes with the same value. */
  fill(value: number, count: number): void {
    this.reserve(count);
    this.bytes.fill(value, this.length, this.length + count);
    this.length += count;
  }

  /** Whether the bytes are the caller's memory. */
  get isBorrowed(): boolean {
    return this.bytes !== this.#own;
  }

  /** The bytes in use, valid until the next change. */
  get used(): Uint8Array {
    return this.bytes.subarray(0, this.length);
  }

  /** Removes all bytes. Halves the memory if less than an eighth of it was used. */
  clear(): void {
    if (this.#own.byteLength > MIN_CAPACITY && this.length < this.#own.byteLength >> 3) {
      this.#setOwn(new Uint8Array(this.#own.byteLength >> 1));
    } else if (this.bytes !== this.#own) {
      this.#setOwn(this.#own);
    }
    this.length = 0;
  }

  /** Appends a string if it is ASCII, and returns whether it is. */
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
    checkLength(needed);
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

function isResizable(buffer: ArrayBufferLike): boolean {
  return "resizable" in buffer && buffer.resizable === true;
}

function checkLength(bytes: number): void {
  if (bytes > MAX_LENGTH) throw wrongCount("smaller than 2 GiB", `${bytes} bytes`);
}
