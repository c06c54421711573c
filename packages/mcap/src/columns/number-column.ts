import {
  Float32,
  Float64,
  Int16,
  Int32,
  Int64,
  Int8,
  Uint16,
  Uint32,
  Uint64,
  Uint8,
  type Data,
  type DataType,
} from "apache-arrow";
import { MessageColumn } from "./message-column.ts";

/** Memory of numbers. */
export type Numbers =
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array
  | Float32Array
  | Float64Array;

/** A type of numbers. */
export type NumberColumnKind =
  | "int8"
  | "uint8"
  | "int16"
  | "uint16"
  | "int32"
  | "uint32"
  | "int64"
  | "uint64"
  | "float32"
  | "float64";

interface Kind {
  readonly type: DataType;
  readonly bytes: number;
  make(size: number): Numbers;
}

const KINDS: Readonly<Record<NumberColumnKind, Kind>> = {
  int8: { type: /* @__PURE__ */ new Int8(), bytes: 1, make: (size) => new Int8Array(size) },
  uint8: { type: /* @__PURE__ */ new Uint8(), bytes: 1, make: (size) => new Uint8Array(size) },
  int16: { type: /* @__PURE__ */ new Int16(), bytes: 2, make: (size) => new Int16Array(size) },
  uint16: { type: /* @__PURE__ */ new Uint16(), bytes: 2, make: (size) => new Uint16Array(size) },
  int32: { type: /* @__PURE__ */ new Int32(), bytes: 4, make: (size) => new Int32Array(size) },
  uint32: { type: /* @__PURE__ */ new Uint32(), bytes: 4, make: (size) => new Uint32Array(size) },
  int64: { type: /* @__PURE__ */ new Int64(), bytes: 8, make: (size) => new BigInt64Array(size) },
  uint64: { type: /* @__PURE__ */ new Uint64(), bytes: 8, make: (size) => new BigUint64Array(size) },
  float32: { type: /* @__PURE__ */ new Float32(), bytes: 4, make: (size) => new Float32Array(size) },
  float64: { type: /* @__PURE__ */ new Float64(), bytes: 8, make: (size) => new Float64Array(size) },
};

/** Whether a type is a type of numbers, by its name. */
export function isNumberKind(name: string): name is NumberColumnKind {
  return Object.hasOwn(KINDS, name);
}

const FEW_BYTES = 48;
/** The bits that no four bytes of ASCII have. */
const NOT_ASCII = 0x80808080;
/** The maximum size of memory for reuse, in bytes. */
const MAX_KEPT_BYTES = 4 * 1024 * 1024;

/**
 * Numbers of one type. Arrays share the memory of its values, and short ranges of bytes are copied without a view of
 * each: `GrowableBytes` of core does neither, and takes four times as long for short texts.
 */
export class NumberColumn extends MessageColumn {
  readonly kind: NumberColumnKind;
  /** Number of bytes of a value. */
  readonly width: number;
  #values: Numbers;
  /** The same memory. */
  #raw: Uint8Array;
  /** The same memory, if it is needed. */
  #view: DataView | undefined;
  #length = 0;

  constructor(kind: NumberColumnKind) {
    super();
    this.kind = kind;
    this.width = KINDS[kind].bytes;
    this.#values = KINDS[kind].make(16);
    this.#raw = new Uint8Array(this.#values.buffer);
  }

  get length(): number {
    return this.#length;
  }

  get type(): DataType {
    return KINDS[this.kind].type;
  }

  get byteLength(): number {
    return this.#length * this.width;
  }

  get values(): Numbers {
    return this.#values.subarray(0, this.#length);
  }

  /** Appends a number: a bigint for 64-bit integers. */
  push(value: number | bigint): void {
    if (this.#length === this.#values.length) this.#grow(1);
    this.#values[this.#length++] = value as never;
  }

  /** Makes room for numbers behind the last. Returns for how many there is room, which may be more. */
  makeRoom(count: number): number {
    if (this.#length + count > this.#values.length) this.#grow(count);
    return this.#values.length - this.#length;
  }

  /** Appends numbers that the caller writes to `view`, before or afterwards. Returns the index of the first. */
  reserve(count: number): number {
    const first = this.#length;
    if (first + count > this.#values.length) this.#grow(count);
    this.#length += count;
    return first;
  }

  /** The memory of the values, which may have room for more. It is valid until there is no more room. */
  get view(): DataView {
    return (this.#view ??= new DataView(this.#raw.buffer));
  }

  pushDefault(): void {
    if (this.#length === this.#values.length) this.#grow(1);
    this.#values[this.#length++] = (this.kind === "int64" || this.kind === "uint64" ? 0n : 0) as never;
  }

  /** Appends numbers that lie in a range of bytes in the byte order of this machine. */
  pushBytes(bytes: Uint8Array, start = 0, end: number = bytes.byteLength): void {
    const size = end - start;
    const count = size / this.width;
    if (this.#length + count > this.#values.length) this.#grow(count);
    const at = this.#length * this.width;
    const raw = this.#raw;
    // For a few bytes, copying them one by one is faster than creating a subarray.
    if (size > FEW_BYTES) raw.set(bytes.subarray(start, end), at);
    else for (let index = 0; index < size; index++) raw[at + index] = bytes[start + index] as number;
    this.#length += count;
  }

  /** Appends the bytes in a range of a view if all are ASCII. Otherwise appends nothing, and returns `false`. */
  pushAscii(view: DataView, start: number, end: number): boolean {
    if (this.#length + end - start > this.#values.length) this.#grow(end - start);
    const out = this.view;
    let to = this.#length;
    let at = start;
    let seen = 0;
    for (; at + 4 <= end; at += 4) {
      const four = view.getInt32(at, true);
      seen |= four;
      out.setInt32(to, four, true);
      to += 4;
    }
    for (; at < end; at++) {
      const byte = view.getUint8(at);
      seen |= byte;
      out.setUint8(to++, byte);
    }
    if ((seen & NOT_ASCII) !== 0) return false;
    this.#length = to;
    return true;
  }

  /** Reverses the bytes of each of the last numbers. */
  swapBytes(count: number): void {
    const { width } = this;
    const raw = this.#raw;
    for (let start = (this.#length - count) * width; start < this.#length * width; start += width) {
      for (let low = start, high = start + width - 1; low < high; low++, high--) {
        const byte = raw[low] as number;
        raw[low] = raw[high] as number;
        raw[high] = byte;
      }
    }
  }

  protected drop(length: number): void {
    this.#length = length;
  }

  protected renew(isShared: boolean): void {
    const length = this.#length;
    this.#length = 0;
    if (!isShared && this.#raw.byteLength <= MAX_KEPT_BYTES) return;
    // Expects about as many values in the next chunk.
    this.#use(KINDS[this.kind].make(Math.max(16, length)));
  }

  toData(): Data {
    return this.make(undefined, this.values);
  }

  #grow(count: number): void {
    const grown = KINDS[this.kind].make(Math.max(this.#values.length * 2, this.#length + count));
    grown.set(this.#values as never);
    this.#use(grown);
  }

  #use(memory: Numbers): void {
    this.#values = memory;
    this.#raw = new Uint8Array(memory.buffer);
    this.#view = undefined;
  }
}
