import type { Data } from "apache-arrow";
import { getOrAdd } from "@rerun-ts/core/util";
import { isValid } from "../arrays/is-valid.ts";
import type { PlainValue } from "../values/plain-value.ts";
import { cellReader } from "../values/plain-values.ts";
import type { ChunkColumn, ChunkData } from "../store/chunk-data.ts";
import { valueComparer, type ValueComparer } from "./compare-values.ts";
import type { CountedLayout } from "./counted-layout.ts";
import type { IdOrder } from "./id-order.ts";

/** The rows of a chunk, without the timelines and components that do not count. */
export class ComparedChunk {
  readonly columns: readonly ComparedColumn[];
  readonly #data: ChunkData;
  readonly #layout: CountedLayout;
  readonly #times: readonly BigInt64Array[];
  readonly #byName: ReadonlyMap<string, ComparedColumn>;

  constructor(data: ChunkData, layout: CountedLayout) {
    this.#data = data;
    this.#layout = layout;
    this.#times = layout.timelines.map((column) => data.times(column));
    this.columns = layout.components.map((column) => new ComparedColumn(data, column));
    this.#byName = new Map(this.columns.map((column) => [column.name, column]));
  }

  get isStatic(): boolean {
    return this.#layout.isStatic;
  }

  get numRows(): number {
    return this.#data.rows;
  }

  /** The column of a component. */
  column(name: string): ComparedColumn | undefined {
    return this.#byName.get(name);
  }

  /** The times of a row by timeline. */
  timesOf(row: number): Readonly<Record<string, bigint>> {
    const { timelines } = this.#layout;
    return Object.fromEntries(timelines.map(({ name }, index) => [name, this.#times[index]?.[row] as bigint]));
  }

  /** Text that is the same for rows with the same times. */
  timeKey(row: number): string {
    let key = "";
    for (const [index, { name }] of this.#layout.timelines.entries()) key += `${name}=${this.#times[index]?.[row]}\0`;
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

  /** Adds the ids of the rows to an order, see {@link IdOrder.add}. */
  isNextIn(order: IdOrder): boolean {
    return order.add(this.#data, this.#layout.timelineNames);
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
