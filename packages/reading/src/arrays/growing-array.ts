import type { Data, DataType } from "apache-arrow";
import {
  copyBits,
  firstBytes,
  growingBytes,
  GrowingMemory,
  GrowingOffsets,
  REJECTED,
  GrowingValidity,
  type AllocateCopy,
  type StoredArrays,
} from "./growing-buffers.ts";
import { arrayTypeOf, childFieldsOf, layoutOf } from "./layout.ts";
import { makeArray } from "./make-array.ts";
import { NullArray } from "./null-array.ts";
import { storedForm } from "./stored-types.ts";

/** An array that grows by arrays of record batches, without an object for each of them. */
export interface GrowingArray {
  /** The number of arrays, including those of the children. */
  readonly nodes: number;
  /** The number of buffers, including those of the children. */
  readonly buffers: number;
  /**
   * Appends an array, whose first node and buffer are given. Returns the size of its buffers in bytes, or
   * {@link REJECTED} if they are damaged or have an unusual form. Then elements may have been appended, which
   * {@link truncate} removes.
   */
  append(from: StoredArrays, node: number, buffer: number): number;
  /** Removes the elements from `length` on. */
  truncate(length: number): void;
  /**
   * The elements as an array.
   *
   * @param allocate gives memory for a copy. `undefined` if this array is no longer used: the other one gets its memory
   */
  finish(allocate: AllocateCopy | undefined): Data;
}

/** An empty array of a type, or `undefined` if arrays of this type cannot grow. */
export function growingArray(type: DataType): GrowingArray | undefined {
  if (storedForm(type) !== undefined) return undefined;
  const layout = layoutOf(type);
  switch (layout.kind) {
    case "null":
      return new GrowingNulls();
    case "bits":
      return new GrowingBits(type);
    case "fixed":
      return new GrowingValues(type, layout.width);
    case "bytes":
      return layout.width === 4 ? new GrowingStrings(type) : undefined;
    case "list": {
      const item = layout.width === 4 ? growingChildren(type)?.[0] : undefined;
      return item && new GrowingLists(type, item);
    }
    case "fixed-list": {
      const item = growingChildren(type)?.[0];
      return item && new GrowingStructs(type, [item], layout.size);
    }
    case "struct": {
      const children = growingChildren(type);
      return children && new GrowingStructs(type, children, 1);
    }
    case "union":
    case "dictionary":
    default:
      return undefined;
  }
}

function growingChildren(type: DataType): readonly GrowingArray[] | undefined {
  const children: GrowingArray[] = [];
  for (const { type: child } of childFieldsOf(type)) {
    const array = growingArray(child as DataType);
    if (array === undefined) return undefined;
    children.push(array);
  }
  return children;
}

class GrowingNulls implements GrowingArray {
  readonly nodes = 1;
  readonly buffers = 0;
  #length = 0;

  append(from: StoredArrays, node: number): number {
    const length = from.lengthOf(node);
    if (length < 0) return REJECTED;
    this.#length += length;
    return 0;
  }

  truncate(length: number): void {
    this.#length = length;
  }

  finish(): Data {
    return new NullArray(this.#length);
  }
}

/** Booleans: one bit each. */
class GrowingBits implements GrowingArray {
  readonly nodes = 1;
  readonly buffers = 2;
  readonly #type: DataType;
  readonly #validity = new GrowingValidity();
  #bits = new Uint8Array(8);
  #length = 0;

  constructor(type: DataType) {
    this.#type = type;
  }

  append(from: StoredArrays, node: number, buffer: number): number {
    const length = from.lengthOf(node);
    const start = from.startOf(buffer + 1);
    const size = Math.ceil(length / 8);
    if (length < 0 || start < 0 || from.sizeOf(buffer + 1) < size) return REJECTED;
    const validity = this.#validity.append(from, node, buffer, this.#length, length);
    if (validity < 0) return REJECTED;
    this.#bits = growingBytes(this.#bits, Math.ceil((this.#length + length) / 8));
    copyBits(from.bytes, start * 8, this.#bits, this.#length, length);
    this.#length += length;
    return size + validity;
  }

  truncate(length: number): void {
    this.#length = length;
  }

  finish(): Data {
    const bits = new Uint8Array(Math.ceil(this.#length / 64) * 8);
    copyBits(this.#bits, 0, bits, 0, this.#length);
    return makeArray(this.#type, this.#length, { values: bits, nulls: this.#validity.finish(this.#length) });
  }
}

/** Values of one size. */
export class GrowingValues implements GrowingArray {
  readonly nodes: number = 1;
  readonly buffers: number = 2;
  readonly #type: DataType;
  readonly #width: number;
  readonly #validity = new GrowingValidity();
  readonly #memory = new GrowingMemory();
  #length = 0;

  constructor(type: DataType, width: number) {
    this.#type = type;
    this.#width = width;
  }

  append(from: StoredArrays, node: number, buffer: number): number {
    const length = from.lengthOf(node);
    const start = from.startOf(buffer + 1);
    const size = length * this.#width;
    if (length < 0 || start < 0 || from.sizeOf(buffer + 1) < size) return REJECTED;
    const validity = this.#validity.append(from, node, buffer, this.#length, length);
    if (validity < 0) return REJECTED;
    this.#memory.copy(from, start, size, this.#length * this.#width);
    this.#length += length;
    return size + validity;
  }

  truncate(length: number): void {
    this.#length = length;
  }

  /** The bytes of the values from an element on, which last until more are appended. */
  bytesFrom(index: number): Uint8Array {
    return this.#memory.bytes.subarray(index * this.#width, this.#length * this.#width);
  }

  finish(allocate: AllocateCopy | undefined): Data {
    const ArrayType = arrayTypeOf(this.#type);
    const { buffer, byteOffset } = firstBytes(this.#memory.bytes, this.#length * this.#width, allocate);
    const values = new ArrayType(buffer, byteOffset, (this.#length * this.#width) / ArrayType.BYTES_PER_ELEMENT);
    return makeArray(this.#type, this.#length, { values, nulls: this.#validity.finish(this.#length) });
  }
}

/** Strings, or binary data of any size. */
class GrowingStrings implements GrowingArray {
  readonly nodes = 1;
  readonly buffers = 3;
  readonly #type: DataType;
  readonly #validity = new GrowingValidity();
  readonly #offsets = new GrowingOffsets();
  readonly #memory = new GrowingMemory();
  #length = 0;

  constructor(type: DataType) {
    this.#type = type;
  }

  append(from: StoredArrays, node: number, buffer: number): number {
    const length = from.lengthOf(node);
    if (length < 0) return REJECTED;
    const validity = this.#validity.append(from, node, buffer, this.#length, length);
    const size = this.#offsets.append(from, buffer + 1, this.#length, length);
    const start = from.startOf(buffer + 2);
    const stored = from.sizeOf(buffer + 2);
    if (validity < 0 || size < 0 || start < 0 || size > stored) return REJECTED;
    this.#memory.copy(from, start, size, this.#offsets.at(this.#length));
    this.#length += length;
    return validity + (length + 1) * 4 + stored;
  }

  truncate(length: number): void {
    this.#length = length;
  }

  finish(allocate: AllocateCopy | undefined): Data {
    const offsets = this.#offsets.finish(this.#length, allocate);
    const values = firstBytes(this.#memory.bytes, offsets[this.#length] as number, allocate);
    return makeArray(this.#type, this.#length, { offsets, values, nulls: this.#validity.finish(this.#length) });
  }
}

class GrowingLists implements GrowingArray {
  readonly nodes: number;
  readonly buffers: number;
  readonly #type: DataType;
  readonly #items: GrowingArray;
  readonly #validity = new GrowingValidity();
  readonly #offsets = new GrowingOffsets();
  #length = 0;

  constructor(type: DataType, items: GrowingArray) {
    this.#type = type;
    this.#items = items;
    this.nodes = 1 + items.nodes;
    this.buffers = 2 + items.buffers;
  }

  append(from: StoredArrays, node: number, buffer: number): number {
    const length = from.lengthOf(node);
    if (length < 0) return REJECTED;
    const validity = this.#validity.append(from, node, buffer, this.#length, length);
    const items = this.#offsets.append(from, buffer + 1, this.#length, length);
    // Items that no list has are unusual.
    if (validity < 0 || items < 0 || from.lengthOf(node + 1) !== items) return REJECTED;
    const size = this.#items.append(from, node + 1, buffer + 2);
    if (size < 0) return REJECTED;
    this.#length += length;
    return validity + (length + 1) * 4 + size;
  }

  truncate(length: number): void {
    this.#length = length;
    this.#items.truncate(this.#offsets.at(length));
  }

  finish(allocate: AllocateCopy | undefined): Data {
    const offsets = this.#offsets.finish(this.#length, allocate);
    const nulls = this.#validity.finish(this.#length);
    return makeArray(this.#type, this.#length, { offsets, nulls, children: [this.#items.finish(allocate)] });
  }
}

/** Structs, or lists of a fixed size: arrays whose children have as many elements, or a multiple of them. */
class GrowingStructs implements GrowingArray {
  readonly nodes: number;
  readonly buffers: number;
  readonly #type: DataType;
  readonly #children: readonly GrowingArray[];
  readonly #size: number;
  readonly #validity = new GrowingValidity();
  #length = 0;

  constructor(type: DataType, children: readonly GrowingArray[], size: number) {
    this.#type = type;
    this.#children = children;
    this.#size = size;
    this.nodes = children.reduce((sum, { nodes }) => sum + nodes, 1);
    this.buffers = children.reduce((sum, { buffers }) => sum + buffers, 1);
  }

  append(from: StoredArrays, node: number, buffer: number): number {
    const length = from.lengthOf(node);
    if (length < 0) return REJECTED;
    let sum = this.#validity.append(from, node, buffer, this.#length, length);
    if (sum < 0) return REJECTED;
    let [childNode, childBuffer] = [node + 1, buffer + 1];
    for (const child of this.#children) {
      if (from.lengthOf(childNode) !== length * this.#size) return REJECTED;
      const size = child.append(from, childNode, childBuffer);
      if (size < 0) return REJECTED;
      sum += size;
      childNode += child.nodes;
      childBuffer += child.buffers;
    }
    this.#length += length;
    return sum;
  }

  truncate(length: number): void {
    this.#length = length;
    for (const child of this.#children) child.truncate(length * this.#size);
  }

  finish(allocate: AllocateCopy | undefined): Data {
    const children = this.#children.map((child) => child.finish(allocate));
    return makeArray(this.#type, this.#length, { nulls: this.#validity.finish(this.#length), children });
  }
}
