import {
  leastBytes,
  PLY_SIZES,
  truncatedError,
  type PlyElement,
  type PlyHeader,
  type PlyProperty,
  type PlyType,
} from "./ply-header.ts";
import type { PlyPlan, PlyReader, PlyTarget } from "./ply-reader.ts";

type ReadNumber = (view: DataView, at: number, isLittle: boolean) => number;

const READERS: Readonly<Record<PlyType, ReadNumber>> = {
  int8: (view, at) => view.getInt8(at),
  uint8: (view, at) => view.getUint8(at),
  int16: (view, at, isLittle) => view.getInt16(at, isLittle),
  uint16: (view, at, isLittle) => view.getUint16(at, isLittle),
  int32: (view, at, isLittle) => view.getInt32(at, isLittle),
  uint32: (view, at, isLittle) => view.getUint32(at, isLittle),
  float32: (view, at, isLittle) => view.getFloat32(at, isLittle),
  float64: (view, at, isLittle) => view.getFloat64(at, isLittle),
};

/** Reads binary data in either byte order. */
export class BinaryPlyReader implements PlyReader {
  readonly #view: DataView;
  readonly #isLittle: boolean;
  readonly #decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  #at: number;

  constructor(bytes: Uint8Array, { encoding, end }: PlyHeader) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#isLittle = encoding === "binary_little_endian";
    this.#at = end;
  }

  expect(element: PlyElement): void {
    if (leastBytes(element, "binary_little_endian") > this.#view.byteLength - this.#at) throw truncatedError();
  }

  read({ properties }: PlyElement, count: number, plan: PlyPlan, target: PlyTarget): void {
    if (properties.every(({ lengthType }) => lengthType === undefined)) {
      this.#readTable(properties, count, plan, target.numbers);
    } else {
      for (let row = 0; row < count; row++) this.#readItem(properties, row, plan, target);
    }
  }

  /** Reads items of one size, column by column. */
  #readTable(
    properties: readonly PlyProperty[],
    count: number,
    { columns, width }: PlyPlan,
    numbers: Float64Array,
  ): void {
    const stride = properties.reduce((sum, { type }) => sum + PLY_SIZES[type], 0);
    let at = this.#at;
    for (const [index, { type }] of properties.entries()) {
      const column = columns[index];
      if (column !== undefined) this.#readColumn(type, { at, stride, count }, numbers.subarray(column), width);
      at += PLY_SIZES[type];
    }
    this.#at += count * stride;
  }

  #readColumn(
    type: PlyType,
    from: { at: number; stride: number; count: number },
    numbers: Float64Array,
    width: number,
  ): void {
    const view = this.#view;
    const isLittle = this.#isLittle;
    const { stride } = from;
    const end = from.at + from.count * stride;
    // Nearly all properties are of this type, and a monomorphic call is faster.
    if (type === "float32") {
      for (let at = from.at, to = 0; at < end; at += stride, to += width) numbers[to] = view.getFloat32(at, isLittle);
      return;
    }
    const read = READERS[type];
    for (let at = from.at, to = 0; at < end; at += stride, to += width) numbers[to] = read(view, at, isLittle);
  }

  #readItem(
    properties: readonly PlyProperty[],
    row: number,
    { columns, width, text }: PlyPlan,
    target: PlyTarget,
  ): void {
    for (let index = 0; index < properties.length; index++) {
      const { type, lengthType } = properties[index] as PlyProperty;
      if (lengthType !== undefined) {
        const length = this.#readNumber(lengthType);
        if (index === text) target.texts.push(this.#readText(length));
        else this.#skip(length * PLY_SIZES[type]);
        continue;
      }
      const value = this.#readNumber(type);
      const column = columns[index];
      if (column !== undefined) target.numbers[row * width + column] = value;
    }
  }

  #readNumber(type: PlyType): number {
    const value = READERS[type](this.#view, this.#at, this.#isLittle);
    this.#at += PLY_SIZES[type];
    return value;
  }

  #readText(length: number): string {
    const bytes = new Uint8Array(this.#view.buffer, this.#view.byteOffset + this.#at, this.#skip(length));
    return this.#decoder.decode(bytes);
  }

  /** Skips bytes, if there are as many. Returns `size`. */
  #skip(size: number): number {
    if (!Number.isInteger(size) || size < 0 || size > this.#view.byteLength - this.#at) throw truncatedError();
    this.#at += size;
    return size;
  }
}
