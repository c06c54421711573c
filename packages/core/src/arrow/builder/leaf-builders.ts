import { PRIMITIVE_WIDTHS, type ArrowType, type PrimitiveType } from "../arrow-type.ts";
import type { ArrayCollector } from "../array-collector.ts";
import type { ArrayBuilder } from "./array-builder.ts";
import { GrowableBytes } from "./growable-bytes.ts";
import { setBit, Validity } from "./validity.ts";

/** Builds numbers of one width. Codecs append to `data` directly. */
export class PrimitiveBuilder implements ArrayBuilder {
  readonly type: PrimitiveType;
  readonly data: GrowableBytes = new GrowableBytes();
  /** The width of an element in bytes. */
  readonly width: number;
  readonly #shift: number;
  readonly #validity = new Validity();

  constructor(type: PrimitiveType) {
    this.type = type;
    this.width = PRIMITIVE_WIDTHS[type.type];
    this.#shift = 31 - Math.clz32(this.width);
  }

  get length(): number {
    return this.data.length >> this.#shift;
  }

  get byteLength(): number {
    return this.data.length;
  }

  get isBorrowed(): boolean {
    return this.data.isBorrowed;
  }

  appendNull(): void {
    this.#validity.markNull(this.length);
    this.data.fill(0, this.width);
  }

  appendFrom(source: PrimitiveBuilder, from: number, to: number): void {
    this.#validity.copyFrom(source.#validity, from, to, this.length);
    this.data.pushBytes(source.data.bytes.subarray(from * this.width, to * this.width));
  }

  truncate(length: number): void {
    this.#validity.truncate(length, this.length);
    this.data.length = length << this.#shift;
  }

  clear(): void {
    this.#validity.clear();
    this.data.clear();
  }

  collect(out: ArrayCollector, from: number, to: number): void {
    out.node(to - from, this.#validity.countNulls(from, to));
    out.buffer(this.#validity.bitmap(from, to));
    out.buffer(this.data.bytes.subarray(from * this.width, to * this.width), this.width);
  }
}

/** Builds booleans: one byte each while they are collected, one bit in the chunk. */
export class BoolBuilder implements ArrayBuilder {
  readonly type: ArrowType = { type: "Bool" };
  readonly isBorrowed = false;
  readonly #values = new GrowableBytes();
  readonly #validity = new Validity();

  get length(): number {
    return this.#values.length;
  }

  get byteLength(): number {
    return this.#values.length >> 3;
  }

  at(index: number): boolean {
    return this.#values.bytes[index] === 1;
  }

  append(value: boolean): void {
    this.#values.fill(value ? 1 : 0, 1);
  }

  appendNull(): void {
    this.#validity.markNull(this.length);
    this.append(false);
  }

  appendFrom(source: BoolBuilder, from: number, to: number): void {
    this.#validity.copyFrom(source.#validity, from, to, this.length);
    this.#values.pushBytes(source.#values.bytes.subarray(from, to));
  }

  truncate(length: number): void {
    this.#validity.truncate(length, this.length);
    this.#values.length = length;
  }

  clear(): void {
    this.#validity.clear();
    this.#values.clear();
  }

  collect(out: ArrayCollector, from: number, to: number): void {
    const bits = new Uint8Array((to - from + 7) >> 3);
    for (let index = from; index < to; index++) {
      if (this.#values.bytes[index] === 1) setBit(bits, index - from);
    }
    out.node(to - from, this.#validity.countNulls(from, to));
    out.buffer(this.#validity.bitmap(from, to));
    out.buffer(bits);
  }
}

/** Builds byte strings of one size, such as row ids. Codecs append to `data` directly. */
export class FixedSizeBinaryBuilder implements ArrayBuilder {
  readonly type: ArrowType;
  readonly data: GrowableBytes = new GrowableBytes();
  readonly #size: number;
  readonly #validity = new Validity();

  constructor(size: number) {
    this.type = { type: "FixedSizeBinary", size };
    this.#size = size;
  }

  get length(): number {
    return this.data.length / this.#size;
  }

  get byteLength(): number {
    return this.data.length;
  }

  get isBorrowed(): boolean {
    return this.data.isBorrowed;
  }

  appendNull(): void {
    this.#validity.markNull(this.length);
    this.data.fill(0, this.#size);
  }

  appendFrom(source: FixedSizeBinaryBuilder, from: number, to: number): void {
    this.#validity.copyFrom(source.#validity, from, to, this.length);
    this.data.pushBytes(source.data.bytes.subarray(from * this.#size, to * this.#size));
  }

  truncate(length: number): void {
    this.#validity.truncate(length, this.length);
    this.data.length = length * this.#size;
  }

  clear(): void {
    this.#validity.clear();
    this.data.clear();
  }

  collect(out: ArrayCollector, from: number, to: number): void {
    out.node(to - from, this.#validity.countNulls(from, to));
    out.buffer(this.#validity.bitmap(from, to));
    out.buffer(this.data.bytes.subarray(from * this.#size, to * this.#size), this.#size % 4 === 0 ? this.#size : 0);
  }
}

/** Builds elements without a value: all of them are null. */
export class NullBuilder implements ArrayBuilder {
  readonly type: ArrowType = { type: "Null" };
  readonly isBorrowed = false;
  readonly byteLength = 0;
  length = 0;

  appendNull(): void {
    this.length++;
  }

  appendFrom(_: ArrayBuilder, from: number, to: number): void {
    this.length += to - from;
  }

  truncate(length: number): void {
    this.length = length;
  }

  clear(): void {
    this.length = 0;
  }

  collect(out: ArrayCollector, from: number, to: number): void {
    out.node(to - from, to - from);
  }
}
