import type { Data } from "apache-arrow";
import { getOrAdd } from "@rerun-ts/core/util";
import { isValid } from "../arrays/is-valid.ts";
import type { PlainValue } from "../values/plain-value.ts";
import { cellReader } from "../values/plain-values.ts";
import type { ChunkColumn, ChunkData } from "../store/chunk-data.ts";
import { hasSortedIds } from "../store/has-sorted-ids.ts";
import { valueComparer, type ValueComparer } from "./compare-values.ts";

/** The rows of a chunk, without the timelines and components that do not count. */
export class ComparedChunk {
  readonly isStatic: boolean;
  readonly numRows: number;
  readonly columns: readonly ComparedColumn[];
  /** The names of the timelines. Rows can only have the same times if these are the same. */
  readonly timelineNames: string;
  readonly #data: ChunkData;
  readonly #timelines: readonly { readonly name: string; readonly times: BigInt64Array }[];
  readonly #byName: ReadonlyMap<string, ComparedColumn>;

  /** @param counts whether a timeline or a component counts */
  constructor(data: ChunkData, counts: (name: string) => boolean) {
    this.#data = data;
    const { timelines, components } = data.layout;
    this.isStatic = timelines.length === 0;
    this.numRows = data.rows;
    this.#timelines = timelines
      .filter(({ name }) => counts(name))
      .map((column) => ({ name: column.name, times: data.times(column) }))
      .sort(byName);
    this.timelineNames = this.#timelines.map(({ name }) => `${name}\0`).join("");
    this.columns = components
      .filter(({ name }) => counts(name))
      .map((column) => new ComparedColumn(data, column))
      .sort(byName);
    this.#byName = new Map(this.columns.map((column) => [column.name, column]));
  }

  /** The column of a component. */
  column(name: string): ComparedColumn | undefined {
    return this.#byName.get(name);
  }

  /** The times of a row by timeline. */
  timesOf(row: number): Readonly<Record<string, bigint>> {
    return Object.fromEntries(this.#timelines.map(({ name, times }) => [name, times[row] as bigint]));
  }

  /** Text that is the same for rows with the same times. */
  timeKey(row: number): string {
    let key = "";
    for (const { name, times } of this.#timelines) key += `${name}=${times[row]}\0`;
    return key;
  }

  /** Text that is the same for rows with the same times, and with values of the same components. */
  rowKey(row: number): string {
    let key = this.timeKey(row);
    for (const column of this.columns) if (column.has(row)) key += `${column.name}\0`;
    return key;
  }

  /** Whether a row has a value of any component that counts. */
  hasValues(row: number): boolean {
    return this.columns.some((column) => column.has(row));
  }

  /** Whether no id of a row is less than the one before. */
  get hasSortedIds(): boolean {
    return hasSortedIds(this.#data);
  }

  /** The id of a row as text, in which later ids are greater. */
  rowId(row: number): string {
    return this.#data.rowId(row);
  }
}

/** The values of a component in a chunk. */
export class ComparedColumn {
  readonly name: string;
  readonly #data: Data;
  readonly #comparers = new WeakMap<ComparedColumn, ValueComparer>();

  constructor(chunk: ChunkData, column: ChunkColumn) {
    this.name = column.name;
    this.#data = chunk.values(column);
  }

  /** Whether a row has a value, which may be an empty list. */
  has(row: number): boolean {
    return isValid(this.#data, row);
  }

  /** The value of a row: the list of its instances. */
  read(row: number): PlainValue {
    return cellReader(this.#data)(row);
  }

  /** Compares rows of this column with rows of another one. */
  comparerWith(other: ComparedColumn, tolerance: number): ValueComparer {
    const comparer = getOrAdd(this.#comparers, other, () => valueComparer(this.#data, other.#data, tolerance));
    return comparer;
  }
}

function byName(a: { readonly name: string }, b: { readonly name: string }): number {
  return a.name < b.name ? -1 : 1;
}
