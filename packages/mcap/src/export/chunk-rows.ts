import { DataType, Precision, Vector, type Data } from "apache-arrow";
import { isValid, type ChunkData } from "@rerun-ts/reading/chunks";

/** The instances of a component in one row, as a range of an array. */
export interface InstanceRange {
  readonly data: Data;
  readonly start: number;
  readonly end: number;
}

/** The latest values of some components at some times. */
export interface LatestValues {
  /** A list of instances for each time, by component. */
  readonly lists: ReadonlyMap<string, Data>;
}

type Numbers = ArrayLike<number> & { subarray(from: number, to: number): ArrayLike<number> };

/** The rows of a chunk, by component. */
export class ChunkRows {
  /** The number of rows. */
  readonly length: number;
  readonly #lists = new Map<string, Data>();
  #latest: LatestValues | undefined;
  #positionOf: (row: number) => number = () => 0;

  constructor(chunk: ChunkData) {
    this.length = chunk.rows;
    for (const column of chunk.layout.components) this.#lists.set(column.name, chunk.values(column));
  }

  /** The names of the components. */
  get components(): readonly string[] {
    return [...this.#lists.keys()];
  }

  /**
   * Sets the values for rows without one of their own.
   * @param positionOf the position of a row in the lists of `latest`
   */
  fillWith(latest: LatestValues, positionOf: (row: number) => number): void {
    this.#latest = latest;
    this.#positionOf = positionOf;
  }

  /** Whether a row itself has a list of this component, possibly an empty one. */
  has(component: string, row: number): boolean {
    const lists = this.#lists.get(component);
    return lists !== undefined && isValid(lists, row);
  }

  /** The number of rows with instances of their own. */
  countRows(component: string): number {
    let count = 0;
    for (let row = 0; row < this.length; row++) if (this.hasInstances(component, row)) count++;
    return count;
  }

  /** Whether a row itself has instances. */
  hasInstances(component: string, row: number): boolean {
    return this.has(component, row) && rangeOf(this.#lists.get(component), row) !== undefined;
  }

  /** The instances in a row, or the latest earlier ones. `undefined` if there are none. */
  instances(component: string, row: number): InstanceRange | undefined {
    if (this.has(component, row)) return rangeOf(this.#lists.get(component), row);
    return this.#latest && rangeOf(this.#latest.lists.get(component), this.#positionOf(row));
  }

  /** Numbers of a row: all of each instance, such as the coordinates of points. NaN stands for null. */
  numbers(component: string, row: number): ArrayLike<number> | undefined {
    const found = this.instances(component, row);
    if (found === undefined) return undefined;
    const { data, start, end } = found;
    const inner = data.children[0] as Data | undefined;
    const size = inner === undefined ? 1 : inner.length / data.length;
    return numbersOf(inner ?? data, start * size, end * size);
  }

  text(component: string, row: number): string | undefined {
    const found = this.instances(component, row);
    return found && new TextDecoder().decode(slice(found.data, found.start));
  }

  /** The bytes of a row: a blob, which is a list of bytes or binary. */
  bytes(component: string, row: number): Uint8Array | undefined {
    const found = this.instances(component, row);
    return found && slice(found.data, found.start);
  }

  /** A field of a struct in a row: all its numbers. */
  field(component: string, row: number, name: string): ArrayLike<number> | undefined {
    const found = this.instances(component, row);
    if (found === undefined) return undefined;
    const fields = found.data.type.children as readonly { readonly name: string }[];
    const data = found.data.children[fields.findIndex((field) => field.name === name)] as Data | undefined;
    if (data === undefined || !isValid(data, found.start)) return undefined;
    const inner = data.children[0] as Data | undefined;
    const size = inner === undefined ? 1 : inner.length / data.length;
    return numbersOf(inner ?? data, found.start * size, (found.start + 1) * size);
  }
}

function rangeOf(lists: Data | undefined, row: number): InstanceRange | undefined {
  if (lists === undefined || !isValid(lists, row)) return undefined;
  const offsets = lists.valueOffsets as Int32Array;
  const [start, end] = [offsets[row] as number, offsets[row + 1] as number];
  return end > start ? { data: lists.children[0] as Data, start, end } : undefined;
}

/** The numbers in a range. `undefined` for other types. */
function numbersOf(data: Data, start: number, end: number): ArrayLike<number> | undefined {
  const { type } = data;
  if (!DataType.isInt(type) && !DataType.isFloat(type)) return undefined;
  const isPlain = DataType.isInt(type) ? type.bitWidth <= 32 : type.precision !== Precision.HALF;
  if (isPlain && data.nullCount === 0) return (data.values as Numbers).subarray(start, end);
  const vector = new Vector([data]);
  return Float64Array.from({ length: end - start }, (_, index) => Number(vector.get(start + index) ?? Number.NaN));
}

/** One element of texts, binaries, or lists of bytes. */
function slice(data: Data, index: number): Uint8Array {
  const offsets = data.valueOffsets as Int32Array;
  const values = ((data.children[0] as Data | undefined) ?? data).values as Uint8Array;
  return values.subarray(Number(offsets[index]), Number(offsets[index + 1]));
}
