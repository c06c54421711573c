import type { ArrowType } from "../arrow-type.ts";
import type { ArrayCollector } from "../array-collector.ts";
import type { ArrayBuilder } from "./array-builder.ts";
import { GrowableBytes } from "./growable-bytes.ts";

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
