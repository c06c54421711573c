import { Offsets } from "@rerun-ts/core/encode";
import { Binary, Bool, Utf8, type Data, type DataType } from "apache-arrow";
import { MessageColumn } from "./message-column.ts";
import { NumberColumn } from "./number-column.ts";

const decoder = new TextDecoder("utf-8", { fatal: true });
const encoder = new TextEncoder();

/** Texts of so few bytes are checked and copied together. */
const SHORT = 64;

const [BOOL, TEXT, BYTES] = [/* @__PURE__ */ new Bool(), /* @__PURE__ */ new Utf8(), /* @__PURE__ */ new Binary()];

/** Truth values. */
export class BoolColumn extends MessageColumn {
  readonly #bytes: NumberColumn = new NumberColumn("uint8");

  get length(): number {
    return this.#bytes.length;
  }

  get type(): DataType {
    return BOOL;
  }

  get byteLength(): number {
    return this.#bytes.length;
  }

  /** Appends a value. */
  push(value: boolean): void {
    this.#bytes.push(value ? 1 : 0);
  }

  pushDefault(): void {
    this.#bytes.push(0);
  }

  /** The values, of which each is 0 or 1. */
  get bytes(): NumberColumn {
    return this.#bytes;
  }

  /** Appends bytes, of which 0 is false. */
  pushBytes(bytes: Uint8Array): void {
    for (const byte of bytes) this.#bytes.push(byte === 0 ? 0 : 1);
  }

  /** A value. */
  at(index: number): boolean {
    return this.#bytes.values[index] === 1;
  }

  protected drop(length: number): void {
    this.#bytes.truncate(length);
  }

  protected renew(isShared: boolean): void {
    this.#bytes.release(isShared);
  }

  toData(): Data {
    const { values } = this.#bytes;
    const bits = new Uint8Array((values.length + 7) >> 3);
    for (const [index, value] of (values as Uint8Array).entries())
      if (value === 1) bits[index >> 3] = (bits[index >> 3] as number) | (1 << (index & 7));
    return this.make(undefined, bits);
  }
}

/** Bytes or texts of any length. */
export class BytesColumn extends MessageColumn {
  readonly isText: boolean;
  readonly #offsets = new Offsets();
  readonly #bytes = new NumberColumn("uint8");

  constructor(isText: boolean) {
    super();
    this.isText = isText;
  }

  get length(): number {
    return this.#offsets.length;
  }

  get type(): DataType {
    return this.isText ? TEXT : BYTES;
  }

  get byteLength(): number {
    return this.#bytes.length + this.length * 4;
  }

  /** Appends the value in a range of bytes. @throws {TypeError} if the value must be text, but is not UTF-8 */
  pushBytes(bytes: Uint8Array, start = 0, end: number = bytes.byteLength): void {
    if (this.isText && !isAscii(bytes, start, end)) decoder.decode(bytes.subarray(start, end));
    this.#bytes.pushBytes(bytes, start, end);
    this.#offsets.push(this.#bytes.length);
  }

  /** Appends the text in a range of a view if it is short and ASCII. Otherwise appends nothing, and returns `false`. */
  pushShort(view: DataView, start: number, end: number): boolean {
    if (end - start > SHORT || !this.#bytes.pushAscii(view, start, end)) return false;
    this.#offsets.push(this.#bytes.length);
    return true;
  }

  /** Appends a text. */
  pushText(text: string): void {
    this.#bytes.pushBytes(encoder.encode(text));
    this.#offsets.push(this.#bytes.length);
  }

  pushDefault(): void {
    this.#offsets.push(this.#bytes.length);
  }

  /** A value. */
  bytesAt(index: number): Uint8Array {
    const { values } = this.#offsets;
    return (this.#bytes.values as Uint8Array).subarray(values[index], values[index + 1]);
  }

  /** A value as text. */
  textAt(index: number): string {
    return decoder.decode(this.bytesAt(index));
  }

  /** The beginnings of the values, and the end of the last. */
  get offsets(): Int32Array {
    return this.#offsets.values;
  }

  /** All bytes, one value after the other. */
  get bytes(): NumberColumn {
    return this.#bytes;
  }

  protected drop(length: number): void {
    this.#bytes.truncate(this.#offsets.end(length - 1));
    this.#offsets.truncate(length);
  }

  protected renew(isShared: boolean): void {
    this.#offsets.clear(isShared);
    this.#bytes.release(isShared);
  }

  toData(): Data {
    return this.make(this.#offsets.values, this.#bytes.values);
  }
}

function isAscii(bytes: Uint8Array, start: number, end: number): boolean {
  for (let index = start; index < end; index++) if ((bytes[index] as number) > 127) return false;
  return true;
}
