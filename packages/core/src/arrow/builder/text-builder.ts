import type { ArrowType } from "../arrow-type.ts";
import type { ArrayCollector } from "../array-collector.ts";
import type { ArrayBuilder } from "./array-builder.ts";
import { GrowableBytes } from "./growable-bytes.ts";
import { Offsets } from "./offsets.ts";
import { Validity } from "./validity.ts";

/** Builds strings or byte strings of any length. */
export class TextBuilder implements ArrayBuilder {
  readonly type: ArrowType;
  readonly isBorrowed = false;
  readonly #data = new GrowableBytes();
  readonly #offsets = new Offsets();
  readonly #validity = new Validity();

  constructor(type: { readonly type: "Utf8" | "LargeUtf8" | "Binary" | "LargeBinary" }) {
    this.type = type;
  }

  get length(): number {
    return this.#offsets.length;
  }

  get byteLength(): number {
    return this.#data.length + this.#offsets.byteLength;
  }

  /** Appends a string as UTF-8. Lone surrogates become U+FFFD. */
  append(text: string): void {
    this.#data.pushText(text);
    this.#offsets.push(this.#data.length);
  }

  /** Appends a byte string, or a string that is UTF-8 already. */
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
    out.buffer(this.#offsets.slice(from, to), 4, true);
    out.buffer(this.#data.bytes.subarray(this.#offsets.end(from - 1), this.#offsets.end(to - 1)));
  }
}
