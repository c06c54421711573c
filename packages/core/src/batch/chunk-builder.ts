import { ListBuilder } from "../arrow/builder/nested-builders.ts";
import { listOf } from "../arrow/arrow-type.ts";
import { NO_VIEW } from "../bytes/no-bytes.ts";
import { timeRange } from "../time/time-column.ts";
import type { TimePoint } from "../time/time-point.ts";
import type { Timeline, TimelineSet } from "../time/timeline.ts";
import { compareDescriptors, type LoggedChunk, type ChunkTimes } from "./logged-chunk.ts";
import type { ComponentField } from "./component.ts";
import { codecInRow, isGroupStart, VIDEO } from "./video-row.ts";
import { copyTuid, writeTuid, type Tuid } from "./tuid.ts";

const MIN_ROWS = 8;
const NO_HALVES = /* @__PURE__ */ new Int32Array(0);

/** One component of the rows under construction: a list of instances per row. */
export class CellColumn {
  readonly field: ComponentField;
  readonly cells: ListBuilder;

  constructor(field: ComponentField) {
    this.field = field;
    this.cells = new ListBuilder(listOf(field.type.arrow), field.type.createBuilder());
  }
}

/** Row ids and times, which every row has. Their memory grows for all of them together. */
class RowIndex {
  #ids: DataView = NO_VIEW;
  readonly #times: TimelineColumn[];
  #capacity = 0;

  constructor(timelines: number) {
    this.#times = Array.from({ length: timelines }, () => new TimelineColumn());
  }

  /** Whether the times of all timelines have not gone back yet. */
  get isSorted(): boolean {
    return this.#times.every((column) => column.isSorted);
  }

  /** Writes the times of a row that may still fail. */
  stage(row: number, { lo, hi }: TimePoint): void {
    if (row === this.#capacity) this.#resize(Math.max(MIN_ROWS, row * 2));
    const times = this.#times;
    for (let slot = 0; slot < times.length; slot++) {
      (times[slot] as TimelineColumn).stage(row, lo[slot] as number, hi[slot] as number);
    }
  }

  /** Adds the row whose times were staged. */
  commit(row: number, id: Tuid): void {
    writeTuid(this.#ids, row * 16, id);
    const times = this.#times;
    for (let slot = 0; slot < times.length; slot++) (times[slot] as TimelineColumn).commit(row);
  }

  /** Stages the times that are staged in another index, as the first row of this one. */
  stageFrom(source: RowIndex, row: number): void {
    this.#resize(MIN_ROWS);
    for (const [slot, column] of this.#times.entries()) column.stageFrom(source.#times[slot] as TimelineColumn, row);
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

  /** Empties the index, and releases memory that was far too much for `rows`. */
  clear(rows: number): void {
    if (this.#capacity > MIN_ROWS && rows < this.#capacity >> 3) this.#resize(this.#capacity >> 1);
    for (const column of this.#times) column.clear();
  }

  /** Moves everything to new memory, which is one buffer for all columns. */
  #resize(capacity: number): void {
    const memory = new Uint8Array(capacity * (16 + this.#times.length * 8));
    memory.set(this.ids(Math.min(capacity, this.#capacity)));
    this.#capacity = capacity;
    this.#ids = new DataView(memory.buffer);
    for (const [slot, column] of this.#times.entries())
      column.moveTo(new Int32Array(memory.buffer, capacity * (16 + slot * 8), capacity * 2));
  }
}

/** The times of the rows on one timeline. */
class TimelineColumn {
  isSorted = true;
  #halves: Int32Array = NO_HALVES;
  #lastLo = 0;
  #lastHi = -2147483648;

  stage(row: number, lo: number, hi: number): void {
    this.#halves[row * 2] = lo;
    this.#halves[row * 2 + 1] = hi;
  }

  commit(row: number): void {
    const lo = (this.#halves[row * 2] as number) >>> 0;
    const hi = this.#halves[row * 2 + 1] as number;
    if (hi < this.#lastHi || (hi === this.#lastHi && lo < this.#lastLo)) this.isSorted = false;
    this.#lastLo = lo;
    this.#lastHi = hi;
  }

  stageFrom(source: TimelineColumn, row: number): void {
    this.stage(0, source.#halves[row * 2] as number, source.#halves[row * 2 + 1] as number);
  }

  /** Little-endian 64-bit integers. */
  bytes(rows: number): Uint8Array {
    return new Uint8Array(this.#halves.buffer, this.#halves.byteOffset, rows * 8);
  }

  clear(): void {
    this.isSorted = true;
    this.#lastLo = 0;
    this.#lastHi = -2147483648;
  }

  moveTo(halves: Int32Array): void {
    halves.set(this.#halves.subarray(0, halves.length));
    this.#halves = halves;
  }
}

/**
 * Rows of one entity that share their timelines. They grow column by column until they are sent as a chunk. The caller
 * begins a row, writes it cell by cell, and then ends it or rolls it back. The row has the times of its beginning.
 */
export class ChunkBuilder {
  /** The entity of the rows. It changes when the pool reuses the builder. */
  entityPath: string;
  readonly set: TimelineSet;
  /** Whole rows so far. */
  rows = 0;
  /** Whether the batcher lists this builder among those with rows. */
  isListed = false;
  /** The size that the batcher has last counted. */
  countedBytes = 0;
  /** Whether the rows are being sent, so that new rows must use another builder. */
  isEmitting = false;
  /** Whether a row is being written. Earlier rows must stay until the row is complete or removed. */
  isWriting = false;
  /** Whether the rows became due while a row was being written. */
  isDue = false;
  /** For frames of a video: whether a decoder can start at the first one. `undefined` if that is unknown. */
  startsGroup: boolean | undefined;
  /** Whether there are columns of a video. */
  isVideo = false;
  /** An empty builder that can replace this one. */
  spare: ChunkBuilder | undefined;
  /** The rows before a change of type, which are sent as a separate chunk. */
  #closed: ChunkBuilder | undefined;
  #index: RowIndex;
  #columns: CellColumn[] = [];
  readonly #byComponent = new Map<string, CellColumn>();
  /** Number of components that the row under construction has. */
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

  /** Whether the builder borrows a caller's memory, so that its rows must be sent before the call returns. */
  get isBorrowed(): boolean {
    for (const column of this.#columns) if (column.cells.isBorrowed) return true;
    return false;
  }

  /** Number of bytes that the rows take. */
  get byteLength(): number {
    let bytes = this.rows * (16 + this.set.timelines.length * 8);
    for (const column of this.#columns) bytes += column.cells.byteLength;
    return bytes;
  }

  /** Begins a row at these times, which may change afterwards. */
  beginRow(time: TimePoint): void {
    this.#index.stage(this.rows, time);
  }

  /**
   * The column of a field in the row under construction. Another field of the same component may share the column.
   * `guess` is the field's position in the row, usually also the position of its column.
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
  endRow(id: Tuid): boolean {
    if (this.#written === 0) return false;
    const columns = this.#columns;
    if (this.#written !== columns.length) {
      for (const { cells } of columns) if (cells.length === this.rows) cells.appendNull();
    }
    this.#index.commit(this.rows, id);
    this.rows++;
    this.#written = 0;
    return true;
  }

  /** Removes the row under construction, and the values of a cell that is not closed. */
  rollback(): void {
    for (const { cells } of this.#columns) cells.truncate(this.rows);
    this.#written = 0;
  }

  /**
   * Replaces a column by one of another type. This closes the rows so far (see {@link takeClosed}), but not the row
   * under construction.
   */
  replaceColumn(column: CellColumn, field: ComponentField): CellColumn {
    if (this.rows > 0) this.#closeRows();
    this.#columns = this.#columns.filter((other) => other !== column);
    return this.#addColumn(field);
  }

  /**
   * Notes the frame of a video in the row under construction. A frame at which decoders can start closes the rows
   * before it, so that a chunk begins with it. Returns the codec of the entity, which may be in the row.
   */
  noteFrame(codecBefore: number | undefined): number | undefined {
    const codec = codecInRow(this.#byComponent, this.rows) ?? codecBefore;
    const startsGroup = isGroupStart(this.#byComponent, this.rows, codec);
    if (startsGroup === true && this.rows > 0) this.#closeRows();
    if (this.rows === 0) this.startsGroup = startsGroup;
    return codec;
  }

  /** The rows that a row with another type has closed. Each call returns them once. */
  takeClosed(): ChunkBuilder | undefined {
    const closed = this.#closed;
    this.#closed = undefined;
    return closed;
  }

  /** The rows as a chunk, which refers to this builder's memory until `clear`. */
  finish(id: Tuid): LoggedChunk {
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
      startsGroup: this.startsGroup,
    };
  }

  /** Empties the builder. Columns that the last rows did not use are removed. */
  clear(): void {
    this.#columns = this.#columns.filter(({ field, cells }) => {
      if (cells.nullCount < this.rows) return true;
      this.#byComponent.delete(field.descriptor.component);
      return false;
    });
    for (const { cells } of this.#columns) cells.clear();
    this.#index.clear(this.rows);
    this.rows = 0;
    this.#written = 0;
    this.countedBytes = 0;
    this.startsGroup = undefined;
  }

  /** Releases the memory of a builder without rows. */
  releaseMemory(): void {
    this.#columns = [];
    this.#byComponent.clear();
    this.#index = new RowIndex(this.set.timelines.length);
  }

  /** Moves all rows except the one under construction to a separate builder. */
  #closeRows(): void {
    const { rows } = this;
    const closed = new ChunkBuilder(this.entityPath, this.set);
    closed.rows = rows;
    closed.countedBytes = this.countedBytes;
    closed.startsGroup = this.startsGroup;
    closed.#index = this.#index;
    closed.#columns = this.#columns;
    this.#index = new RowIndex(this.set.timelines.length);
    this.#index.stageFrom(closed.#index, rows);
    this.#columns = [];
    this.#byComponent.clear();
    this.rows = 0;
    this.countedBytes = 0;
    for (const { field, cells } of closed.#columns) {
      if (cells.length === rows) continue;
      this.#addColumn(field).cells.appendFrom(cells, rows, rows + 1);
      cells.truncate(rows);
    }
    this.#closed = closed;
  }

  #addColumn(field: ComponentField): CellColumn {
    const column = new CellColumn(field);
    for (let row = 0; row < this.rows; row++) column.cells.appendNull();
    this.#columns.push(column);
    this.isVideo ||= field.descriptor.component.startsWith(VIDEO);
    this.#byComponent.set(field.descriptor.component, column);
    return column;
  }
}
