import type { DataType, Field, Schema } from "apache-arrow";
import { growingArray, GrowingValues, type GrowingArray } from "../arrays/growing-array.ts";
import { REJECTED, type AllocateCopy } from "../arrays/growing-buffers.ts";
import { timeColumn } from "../chunks/time-columns.ts";
import type { ChunkData, StoredColumn } from "../store/chunk-data.ts";
import { areSorted } from "../store/sorted-times.ts";
import { chunkOfColumns } from "../store/chunk-of-columns.ts";
import type { SmallChunk, SmallColumn } from "./small-chunk-reader.ts";

/** The size of the objects of growing rows, or of a chunk of them, besides the rows. */
export const OBJECT_BYTES: number = 6 * 1024;

interface GrowingColumn {
  readonly field: Field;
  readonly array: GrowingArray;
}

/** Rows of small chunks with the same columns, copied from the memory of each. */
export class GrowingRows {
  /** The number of rows. */
  rows = 0;
  readonly #bytes: number[];
  readonly #schema: Schema;
  /** The number of columns before the components: the row ids and the timelines. */
  readonly #first: number;
  readonly #columns: readonly GrowingColumn[];
  readonly #timelines: readonly GrowingValues[];
  /** The number of rows whose times were found to be sorted. */
  #sorted = 1;
  /** The sizes of the columns of the chunk that is added. */
  readonly #sizes: number[];

  /** @param chunk the first chunk */
  constructor({ schema: { schema, layout, columns } }: SmallChunk<unknown>) {
    this.#schema = schema;
    this.#first = 1 + layout.timelines.length;
    this.#columns = columns.map(({ field }) => ({
      field,
      array: growingArray(field.type as DataType) as GrowingArray,
    }));
    this.#timelines = this.#columns
      .slice(1, this.#first)
      .flatMap(({ array }) => (array instanceof GrowingValues ? [array] : []));
    this.#bytes = layout.components.map(() => 0);
    this.#sizes = columns.map(() => 0);
  }

  /** The sizes of the components in the chunks, in the order of the columns. */
  get componentBytes(): readonly number[] {
    return [...this.#bytes];
  }

  /** Adds the rows of a chunk. Returns `false`, and adds nothing, if the chunk is damaged or unusual. */
  append({ schema: { columns }, arrays, rows }: SmallChunk<unknown>): boolean {
    for (let position = 0; position < columns.length; position++) {
      const { node, buffer } = columns[position] as SmallColumn;
      const { array } = this.#columns[position] as GrowingColumn;
      // Row ids and times must not be null.
      const isWhole = arrays.lengthOf(node) === rows && (position >= this.#first || arrays.nullsOf(node) === 0);
      const size = isWhole ? array.append(arrays, node, buffer) : REJECTED;
      if (size < 0) {
        for (const column of this.#columns) column.array.truncate(this.rows);
        return false;
      }
      this.#sizes[position] = size;
    }
    for (let index = 0; index < this.#bytes.length; index++)
      this.#bytes[index] = (this.#bytes[index] as number) + (this.#sizes[this.#first + index] as number);
    this.rows += rows;
    return true;
  }

  /** Whether no time would be less than the one before, on all timelines, if the rows of a chunk were added as well. */
  areSortedWith({ schema: { columns }, arrays, rows }: SmallChunk<unknown>): boolean {
    const areAllSorted = this.#timelines.every((timeline, index) => {
      const own = timesIn(timeline.bytesFrom(this.#sorted - 1));
      const start = arrays.startOf((columns[1 + index] as SmallColumn).buffer + 1);
      if (start < 0 || start % TIME_BYTES !== 0 || start + rows * TIME_BYTES > arrays.bytes.byteLength) return false;
      const added = timesIn(arrays.bytes.subarray(start, start + rows * TIME_BYTES));
      return areSorted(own) && areSorted(added) && (own.at(-1) as bigint) <= (added[0] as bigint);
    });
    if (areAllSorted) this.#sorted = this.rows;
    return areAllSorted;
  }

  /** Removes all rows, and keeps their memory for the rows of a chunk. Returns `false` if it has another schema. */
  reuse({ schema: { schema } }: SmallChunk<unknown>): boolean {
    if (schema !== this.#schema) return false;
    for (const { array } of this.#columns) array.truncate(0);
    this.#bytes.fill(0);
    this.#sorted = 1;
    this.rows = 0;
    return true;
  }

  /**
   * A chunk with the rows.
   *
   * @param allocate gives memory for a copy. `undefined` if these rows are no longer used: the chunk gets their memory
   */
  finish(id: string, allocate: AllocateCopy | undefined): ChunkData {
    const columns = this.#columns.map(({ field, array }, position): StoredColumn => {
      const data = array.finish(allocate);
      return position > 0 && position < this.#first ? timeColumn(field, data) : { field, data };
    });
    return chunkOfColumns(id, columns, this.rows, this.#schema.metadata);
  }
}

const TIME_BYTES = 8;

function timesIn({ buffer, byteOffset, byteLength }: Uint8Array): BigInt64Array {
  return new BigInt64Array(buffer, byteOffset, byteLength / TIME_BYTES);
}
