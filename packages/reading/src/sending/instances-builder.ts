import type { ArrayBuilder, ArrowType } from "@rerun-ts/core/encode";
import type { ArrayCollector } from "@rerun-ts/core/rrd";
import { DataType, type Data, type Field } from "apache-arrow";
import { gather } from "../arrays/gather.ts";
import { NULL_SOURCE, RowRanges } from "../arrays/row-ranges.ts";
import { collectData } from "../ipc/collect-data.ts";

/** Collects arrays of apache-arrow as the instances of a component. The arrays must not change. */
export class InstancesBuilder implements ArrayBuilder {
  readonly type: ArrowType;
  readonly #vectorType: DataType;
  readonly #hasDictionary: boolean;
  readonly #sources: Data[] = [];
  #ranges = new RowRanges();

  constructor(type: ArrowType, vectorType: DataType) {
    this.type = type;
    this.#vectorType = vectorType;
    this.#hasDictionary = dictionaryTypes(vectorType);
  }

  get length(): number {
    return this.#ranges.length;
  }

  get byteLength(): number {
    return this.#sources.reduce((sum, { byteLength }) => sum + byteLength, 0);
  }

  /**
   * Chunks with dictionaries are sent immediately, because the dictionaries of several rows might not fit the type of
   * their indices.
   */
  get isBorrowed(): boolean {
    return this.#hasDictionary && this.length > 0;
  }

  /** Appends all elements of an array. */
  append(data: Data): void {
    this.#ranges.push(this.#add(data), 0, data.length);
  }

  appendNull(): void {
    this.#ranges.push(NULL_SOURCE, 0, 1);
  }

  appendFrom(source: InstancesBuilder, from: number, to: number): void {
    const { size, sources, starts, counts } = source.#ranges.slice(from, to);
    for (let range = 0; range < size; range++) {
      const index = sources[range] as number;
      const data = source.#sources[index];
      this.#ranges.push(data === undefined ? index : this.#add(data), starts[range] as number, counts[range] as number);
    }
  }

  truncate(length: number): void {
    if (length === this.length) return;
    this.#ranges = this.#ranges.slice(0, length);
    this.#sources.length = this.#ranges.sources
      .subarray(0, this.#ranges.size)
      .reduce((count, source) => Math.max(count, source + 1), 0);
  }

  clear(): void {
    this.#ranges = new RowRanges();
    this.#sources.length = 0;
  }

  collect(out: ArrayCollector, from: number, to: number): void {
    collectData(out, gather(this.#vectorType, this.#sources, this.#ranges.slice(from, to)));
  }

  #add(data: Data): number {
    const known = this.#sources.indexOf(data);
    return known < 0 ? this.#sources.push(data) - 1 : known;
  }
}

function dictionaryTypes(type: DataType): boolean {
  if (DataType.isDictionary(type)) return true;
  return ((type.children as readonly Field[] | null) ?? []).some((child) => dictionaryTypes(child.type));
}
