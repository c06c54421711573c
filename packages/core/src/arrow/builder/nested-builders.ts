import type { ArrowType } from "../arrow-type.ts";
import type { ArrayCollector } from "../array-collector.ts";
import type { ArrayBuilder } from "./array-builder.ts";
import { GrowableBytes } from "./growable-bytes.ts";
import { Offsets } from "./offsets.ts";
import { Validity } from "./validity.ts";

/**
 * Builds lists of any length. A writer appends the items of a list to `item`, then calls `close`.
 *
 * Items that were appended since the last `close` belong to no list yet; `truncate` removes them too. Nulls are lists
 * without items. The rows of a component's column are such lists.
 */
export class ListBuilder<Item extends ArrayBuilder = ArrayBuilder> implements ArrayBuilder {
  readonly type: ArrowType;
  readonly item: Item;
  readonly #offsets = new Offsets();
  readonly #validity = new Validity();

  constructor(type: ArrowType, item: Item) {
    this.type = type;
    this.item = item;
  }

  get length(): number {
    return this.#offsets.length;
  }

  get byteLength(): number {
    return this.item.byteLength + this.#offsets.byteLength;
  }

  get isBorrowed(): boolean {
    return this.item.isBorrowed;
  }

  /** The number of null lists. */
  get nullCount(): number {
    return this.#validity.nullCount;
  }

  /** Whether the list at `index` is not null. */
  isValid(index: number): boolean {
    return this.#validity.isValid(index);
  }

  /** The total number of items of a range of lists. */
  itemCount(from: number, to: number): number {
    return this.#offsets.end(to - 1) - this.#offsets.end(from - 1);
  }

  /** Ends a list with all items that were appended since the last one, or with those up to index `end`. */
  close(end: number = this.item.length): void {
    this.#offsets.push(end);
  }

  /** Ends `count` lists of one item each. The builder must have no lists yet. */
  closeUnits(count: number): void {
    this.#offsets.pushUnits(count);
  }

  /** Appends a null instead of a list; `end` as for {@link close}. */
  appendNull(end: number = this.item.length): void {
    this.#validity.markNull(this.length);
    this.close(end);
  }

  appendFrom(source: ListBuilder, from: number, to: number): void {
    this.#validity.copyFrom(source.#validity, from, to, this.length);
    for (let index = from; index < to; index++) {
      this.item.appendFrom(source.item, source.#offsets.end(index - 1), source.#offsets.end(index));
      this.close();
    }
  }

  truncate(length: number): void {
    this.#validity.truncate(length, this.length);
    this.item.truncate(this.#offsets.end(length - 1));
    this.#offsets.truncate(length);
  }

  clear(): void {
    this.#validity.clear();
    this.#offsets.clear();
    this.item.clear();
  }

  collect(out: ArrayCollector, from: number, to: number): void {
    out.node(to - from, this.#validity.countNulls(from, to));
    out.buffer(this.#validity.bitmap(from, to));
    out.buffer(this.#offsets.slice(from, to), 4, true);
    this.item.collect(out, this.#offsets.end(from - 1), this.#offsets.end(to - 1));
  }
}

/** Builds lists of one length, such as vectors and matrices. A writer appends `size` values to `item` per element. */
export class FixedSizeListBuilder<Item extends ArrayBuilder = ArrayBuilder> implements ArrayBuilder {
  readonly type: ArrowType;
  readonly item: Item;
  readonly size: number;
  readonly #validity = new Validity();

  constructor(type: ArrowType & { readonly size: number }, item: Item) {
    this.type = type;
    this.item = item;
    this.size = type.size;
  }

  get length(): number {
    return this.item.length / this.size;
  }

  get byteLength(): number {
    return this.item.byteLength;
  }

  get isBorrowed(): boolean {
    return this.item.isBorrowed;
  }

  appendNull(): void {
    this.#validity.markNull(this.length);
    for (let index = 0; index < this.size; index++) this.item.appendNull();
  }

  appendFrom(source: FixedSizeListBuilder, from: number, to: number): void {
    this.#validity.copyFrom(source.#validity, from, to, this.length);
    this.item.appendFrom(source.item, from * this.size, to * this.size);
  }

  truncate(length: number): void {
    this.#validity.truncate(length, this.length);
    this.item.truncate(length * this.size);
  }

  clear(): void {
    this.#validity.clear();
    this.item.clear();
  }

  collect(out: ArrayCollector, from: number, to: number): void {
    out.node(to - from, this.#validity.countNulls(from, to));
    out.buffer(this.#validity.bitmap(from, to));
    this.item.collect(out, from * this.size, to * this.size);
  }
}

/** Builds structs. A writer appends one value to each of `fields`, then calls `close`. */
export class StructBuilder implements ArrayBuilder {
  readonly type: ArrowType;
  readonly fields: readonly ArrayBuilder[];
  length = 0;
  readonly #validity = new Validity();

  constructor(type: ArrowType, fields: readonly ArrayBuilder[]) {
    this.type = type;
    this.fields = fields;
  }

  get byteLength(): number {
    return this.fields.reduce((sum, field) => sum + field.byteLength, 0);
  }

  get isBorrowed(): boolean {
    return this.fields.some((field) => field.isBorrowed);
  }

  /** Ends a struct, to whose fields one value each was appended. */
  close(): void {
    this.length++;
  }

  appendNull(): void {
    this.#validity.markNull(this.length);
    for (const field of this.fields) field.appendNull();
    this.close();
  }

  appendFrom(source: StructBuilder, from: number, to: number): void {
    this.#validity.copyFrom(source.#validity, from, to, this.length);
    for (const [index, field] of this.fields.entries())
      field.appendFrom(source.fields[index] as ArrayBuilder, from, to);
    this.length += to - from;
  }

  truncate(length: number): void {
    this.#validity.truncate(length, this.length);
    for (const field of this.fields) field.truncate(length);
    this.length = length;
  }

  clear(): void {
    this.#validity.clear();
    for (const field of this.fields) field.clear();
    this.length = 0;
  }

  collect(out: ArrayCollector, from: number, to: number): void {
    out.node(to - from, this.#validity.countNulls(from, to));
    out.buffer(this.#validity.bitmap(from, to));
    for (const field of this.fields) field.collect(out, from, to);
  }
}

/**
 * Builds dense unions. A writer calls `select` with the index of a variant, then appends one value to the builder that
 * it returns.
 *
 * Each element is the id of its variant and an offset into the values of that variant. Unions have no null bitmap: by
 * Rerun's convention the first variant is a null marker.
 */
export class UnionBuilder implements ArrayBuilder {
  readonly type: ArrowType;
  readonly variants: readonly ArrayBuilder[];
  readonly #typeIds: readonly number[];
  readonly #ids = new GrowableBytes();
  readonly #offsets = new GrowableBytes();

  constructor(type: ArrowType & { readonly typeIds: readonly number[] }, variants: readonly ArrayBuilder[]) {
    this.type = type;
    this.variants = variants;
    this.#typeIds = type.typeIds;
  }

  get length(): number {
    return this.#ids.length;
  }

  get byteLength(): number {
    return this.variants.reduce((sum, variant) => sum + variant.byteLength, this.#ids.length * 5);
  }

  get isBorrowed(): boolean {
    return this.variants.some((variant) => variant.isBorrowed);
  }

  /** Begins an element of the variant at `index`. Returns the builder of the variant. */
  select(index: number): ArrayBuilder {
    const variant = this.variants[index] as ArrayBuilder;
    this.#ids.fill(this.#typeIds[index] as number, 1);
    this.#offsets.pushInt32(variant.length);
    return variant;
  }

  /** Appends an element of the first variant, which is Rerun's null marker. */
  appendNull(): void {
    this.select(0).appendNull();
  }

  appendFrom(source: UnionBuilder, from: number, to: number): void {
    for (let index = from; index < to; index++) {
      const variant = this.#typeIds.indexOf(source.#ids.bytes[index] as number);
      const offset = source.#offsets.view.getInt32(index * 4, true);
      this.select(variant).appendFrom(source.variants[variant] as ArrayBuilder, offset, offset + 1);
    }
  }

  truncate(length: number): void {
    for (const [index, variant] of this.variants.entries()) variant.truncate(this.#firstOffset(index, length));
    this.#ids.length = length;
    this.#offsets.length = length * 4;
  }

  clear(): void {
    for (const variant of this.variants) variant.clear();
    this.#ids.clear();
    this.#offsets.clear();
  }

  collect(out: ArrayCollector, from: number, to: number): void {
    const starts = this.variants.map((_, index) => this.#firstOffset(index, from));
    const ends = this.variants.map((_, index) => this.#firstOffset(index, to));
    const offsets = new Int32Array(to - from);
    for (let index = from; index < to; index++) {
      const variant = this.#typeIds.indexOf(this.#ids.bytes[index] as number);
      offsets[index - from] = this.#offsets.view.getInt32(index * 4, true) - (starts[variant] as number);
    }
    out.node(to - from, 0);
    out.buffer(this.#ids.bytes.subarray(from, to));
    out.buffer(new Uint8Array(offsets.buffer), 4);
    for (const [index, variant] of this.variants.entries()) {
      variant.collect(out, starts[index] as number, ends[index] as number);
    }
  }

  /** The offset of the variant's first value among the elements from index `from` on. */
  #firstOffset(variant: number, from: number): number {
    const id = this.#typeIds[variant];
    for (let index = from; index < this.#ids.length; index++) {
      if (this.#ids.bytes[index] === id) return this.#offsets.view.getInt32(index * 4, true);
    }
    return (this.variants[variant] as ArrayBuilder).length;
  }
}
