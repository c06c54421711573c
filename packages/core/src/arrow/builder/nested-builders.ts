import type { ArrowType } from "../arrow-type.ts";
import type { ArrayCollector } from "../array-collector.ts";
import type { ArrayBuilder } from "./array-builder.ts";
import { Offsets } from "./offsets.ts";
import { Validity } from "./validity.ts";

/**
 * Builds lists of any length. A writer appends the items of a list to `item`, then calls `close`.
 *
 * Items appended since the last `close` belong to no list yet, and `truncate` removes them too. A null is a list
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

  /** The first item of a list, and the one after its last. */
  bounds(index: number): [start: number, end: number] {
    return [this.#offsets.end(index - 1), this.#offsets.end(index)];
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
    this.#offsets.pushMany(count, 1);
  }

  /** Appends a null instead of a list. `end` has the same meaning as in {@link close}. */
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
