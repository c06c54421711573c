import { ListBuilder } from "../arrow/builder/nested-builders.ts";
import { listOf } from "../arrow/arrow-type.ts";
import { timeRange } from "../time/time-column.ts";
import type { TimePoint } from "../time/time-point.ts";
import type { Timeline, TimelineSet } from "../time/timeline.ts";
import { compareDescriptors, type Chunk, type ChunkTimes } from "./chunk.ts";
import type { ComponentField } from "./component.ts";
import { copyTuid, writeTuid, type Tuid } from "./tuid.ts";

const MIN_ROWS = 16;

/** One component of the rows under construction: a list of instances per row. */
export class CellColumn {
  readonly field: ComponentField;
  readonly cells: ListBuilder;

  constructor(field: ComponentField) {
    this.field = field;
    this.cells = new ListBuilder(listOf(field.type.arrow), field.type.createBuilder());
  }
}

/** Row ids and times: what every row has, in memory that grows for all of them at once. */
class RowIndex {
  #ids = new DataView(new ArrayBuffer(0));
  readonly #times: TimelineColumn[];
  #capacity = 0;

  constructor(timelines: number) {
    this.#times = Array.from({ length: timelines }, () => new TimelineColumn());
  }

  /** Whether the times of all timelines have not gone back yet. */
  get isSorted(): boolean {
    return this.#times.every((column) => column.isSorted);
  }

  push(row: number, id: Tuid, { lo, hi }: TimePoint): void {
    if (row === this.#capacity) this.#resize(Math.max(MIN_ROWS, row * 2));
    writeTuid(this.#ids, row * 16, id);
    const times = this.#times;
    for (let slot = 0; slot < times.length; slot++) {
      (times[slot] as TimelineColumn).push(row, lo[slot] as number, hi[slot] as number);
    }
  }

  /** The ids of the first rows, big-endian. */
  ids(rows: number): Uint8Array {
    return new Uint8Array(this.#ids.buffer, 0, rows * 16);
  }

  /** The times of the first rows on a timeline, which is at `slot`. */
  times(timeline: Timeline, slot: number, rows: number): ChunkTimes {
    const column = this.#times[slot] as TimelineColumn;
    const bytes = column.bytes(rows);
    return { timeline, bytes, ...timeRange(bytes, column.isSorted) };
  }

  /** Begins anew, and gives memory back that was far too much for `rows`. */
  clear(rows: number): void {
    if (this.#capacity > MIN_ROWS && rows < this.#capacity >> 3) this.#resize(this.#capacity >> 1);
    for (const column of this.#times) column.clear();
  }

  #resize(capacity: number): void {
    this.#capacity = capacity;
    const ids = new Uint8Array(capacity * 16);
    ids.set(new Uint8Array(this.#ids.buffer).subarray(0, ids.byteLength));
    this.#ids = new DataView(ids.buffer);
    for (const column of this.#times) column.resize(capacity);
  }
}

/** The times of the rows on one timeline. */
class TimelineColumn {
  isSorted = true;
  #halves = new Int32Array(0);
  #lastLo = 0;
  #lastHi = -2147483648;

  push(row: number, lo: number, hi: number): void {
    if (hi < this.#lastHi || (hi === this.#lastHi && lo < this.#lastLo)) this.isSorted = false;
    this.#lastLo = lo;
    this.#lastHi = hi;
    this.#halves[row * 2] = lo;
    this.#halves[row * 2 + 1] = hi;
  }

  /** Little-endian 64-bit integers. */
  bytes(rows: number): Uint8Array {
    return new Uint8Array(this.#halves.buffer, 0, rows * 8);
  }

  clear(): void {
    this.isSorted = true;
    this.#lastLo = 0;
    this.#lastHi = -2147483648;
  }

  resize(capacity: number): void {
    const halves = new Int32Array(capacity * 2);
    halves.set(this.#halves.subarray(0, halves.length));
    this.#halves = halves;
  }
}

/** Rows of one entity that share their timelines, growing column by column until they leave as a chunk. */
export class ChunkBuilder {
  readonly entityPath: string;
  readonly set: TimelineSet;
  /** Whole rows so far. */
  rows = 0;
  /** Whether it is on the batcher's list of those that have rows. */
  isListed = false;
  /** What the batcher last found `byteLength` to be. */
  countedBytes = 0;
  readonly #index: RowIndex;
  #columns: CellColumn[] = [];
  readonly #byComponent = new Map<string, CellColumn>();
  /** How many components the row under construction has. */
  #written = 0;

  constructor(entityPath: string, set: TimelineSet) {
    this.entityPath = entityPath;
    this.set = set;
    this.#index = new RowIndex(set.timelines.length);
  }

  /** Whether the times of all timelines have not gone back yet. */
  get isSorted(): boolean {
    return this.#index.isSorted;
  }

  /** Whether it holds a caller's memory, so that it must leave before the call returns. */
  get isBorrowed(): boolean {
    for (const column of this.#columns) if (column.cells.isBorrowed) return true;
    return false;
  }

  /** How many bytes its rows take. */
  get byteLength(): number {
    let bytes = this.rows * (16 + this.set.timelines.length * 8);
    for (const column of this.#columns) bytes += column.cells.byteLength;
    return bytes;
  }

  /**
   * The column of a field in the row under construction, which may be that of another field of the same component.
   * `guess` is the field's place in the row: usually the column's place too.
   */
  column(field: ComponentField, guess: number): CellColumn {
    const guessed = this.#columns[guess];
    if (guessed?.field === field) return guessed;
    return this.#byComponent.get(field.descriptor.component) ?? this.#addColumn(field);
  }

  /** Counts a component of the row under construction as written. */
  closeCell(column: CellColumn): void {
    column.cells.close();
    this.#written++;
  }

  /** Ends the row. Returns `false`, and stores nothing, if it has no component. */
  endRow(id: Tuid, time: TimePoint): boolean {
    if (this.#written === 0) return false;
    const columns = this.#columns;
    if (this.#written !== columns.length) {
      for (const { cells } of columns) if (cells.length === this.rows) cells.appendNull();
    }
    this.#index.push(this.rows, id, time);
    this.rows++;
    this.#written = 0;
    return true;
  }

  /** Takes back what the row under construction has written. */
  rollback(): void {
    for (const { cells } of this.#columns) cells.truncate(this.rows);
    this.#written = 0;
  }

  /** The rows as a chunk; its memory is this builder's until `clear`. */
  finish(id: Tuid): Chunk {
    const { rows } = this;
    return {
      id: copyTuid(id),
      entityPath: this.entityPath,
      from: 0,
      to: rows,
      rowIds: this.#index.ids(rows),
      times: this.set.timelines.map((timeline, slot) => this.#index.times(timeline, slot, rows)),
      components: this.#columns
        .filter(({ cells }) => cells.nullCount < rows)
        .sort((a, b) => compareDescriptors(a.field.descriptor, b.field.descriptor)),
    };
  }

  /** Empties it; columns that the last rows did not use are given up. */
  clear(): void {
    this.#columns = this.#columns.filter(({ field, cells }) => {
      if (cells.nullCount < this.rows) return true;
      this.#byComponent.delete(field.descriptor.component);
      return false;
    });
    for (const { cells } of this.#columns) cells.clear();
    this.#index.clear(this.rows);
    this.rows = 0;
    this.countedBytes = 0;
  }

  /** Gives all columns up, to make place for one of another type. */
  forgetColumns(): void {
    this.#columns = [];
    this.#byComponent.clear();
  }

  #addColumn(field: ComponentField): CellColumn {
    const column = new CellColumn(field);
    for (let row = 0; row < this.rows; row++) column.cells.appendNull();
    this.#columns.push(column);
    this.#byComponent.set(field.descriptor.component, column);
    return column;
  }
}
