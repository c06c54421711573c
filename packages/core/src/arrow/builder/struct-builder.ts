import type { ArrowType } from "../arrow-type.ts";
import type { ArrayCollector } from "../array-collector.ts";
import type { ArrayBuilder } from "./array-builder.ts";
import { Validity } from "./validity.ts";

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
