import type { ArrowType } from "../arrow-type.ts";
import type { ArrayCollector } from "../array-collector.ts";
import type { ArrayBuilder } from "./array-builder.ts";
import { GrowableBytes } from "./growable-bytes.ts";
import { Offsets } from "./offsets.ts";
import { Validity } from "./validity.ts";

/** Below this length a loop over character codes is faster than a call into the encoder. */
const SHORT_TEXT = 24;

/** Texts or byte strings of any length. */
export class TextBuilder implements ArrayBuilder {
  readonly type: ArrowType;
  readonly isBorrowed = false;
  readonly #data = new GrowableBytes();
  readonly #offsets = new Offsets();
  readonly #validity = new Validity();
  readonly #encoder = new TextEncoder();

  constructor(type: { readonly type: "Utf8" | "Binary" }) {
    this.type = type;
  }

  get length(): number {
    return this.#offsets.length;
  }

  get byteLength(): number {
    return this.#data.length + this.#offsets.byteLength;
  }

  /** Appends a text as UTF-8; lone surrogates become U+FFFD. */
  append(text: string): void {
    if (text.length > SHORT_TEXT || !this.#appendAscii(text)) {
      this.#data.reserve(text.length * 3);
      const { written } = this.#encoder.encodeInto(text, this.#data.bytes.subarray(this.#data.length));
      this.#data.length += written;
    }
    this.#offsets.push(this.#data.length);
  }

  appendBytes(bytes: Uint8Array): void {
    this.#data.pushBytes(bytes);
    this.#offsets.push(this.#data.length);
  }

  appendNull(): void {
    this.#validity.markNull(this.length);
    this.#offsets.push(this.#data.length);
  }

  appendFrom(source: TextBuilder, from: number, to: number): void {
    this.#validity.copyFrom(source.#validity, from, to, this.length);
    for (let index = from; index < to; index++) {
      this.appendBytes(source.#data.bytes.subarray(source.#offsets.end(index - 1), source.#offsets.end(index)));
    }
  }

  truncate(length: number): void {
    this.#validity.truncate(length, this.length);
    this.#data.length = this.#offsets.end(length - 1);
    this.#offsets.truncate(length);
  }

  clear(): void {
    this.#validity.clear();
    this.#data.clear();
    this.#offsets.clear();
  }

  collect(out: ArrayCollector, from: number, to: number): void {
    out.node(to - from, this.#validity.countNulls(from, to));
    out.buffer(this.#validity.bitmap(from, to));
    out.buffer(this.#offsets.slice(from, to), 4);
    out.buffer(this.#data.bytes.subarray(this.#offsets.end(from - 1), this.#offsets.end(to - 1)));
  }

  #appendAscii(text: string): boolean {
    const data = this.#data;
    data.reserve(text.length);
    let at = data.length;
    for (let index = 0; index < text.length; index++) {
      const code = text.charCodeAt(index);
      if (code > 0x7f) return false;
      data.bytes[at++] = code;
    }
    data.length = at;
    return true;
  }
}
