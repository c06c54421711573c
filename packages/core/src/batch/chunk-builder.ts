import { createBuilder } from "../arrow/builder/create-builder.ts";
import { GrowableBytes } from "../arrow/builder/growable-bytes.ts";
import { ListBuilder } from "../arrow/builder/nested-builders.ts";
import { listOf } from "../arrow/arrow-type.ts";
import { timeRange } from "../time/time-column.ts";
import type { TimePoint } from "../time/time-point.ts";
import type { TimelineSet } from "../time/timeline.ts";
import { compareDescriptors, type Chunk, type ChunkTimes } from "./chunk.ts";
import type { ComponentField } from "./component.ts";
import { copyTuid, writeTuid, type Tuid } from "./tuid.ts";

/** One component of the rows under construction: a list of instances per row. */
export class CellColumn {
  readonly field: ComponentField;
  readonly cells: ListBuilder;

  constructor(field: ComponentField) {
    this.field = field;
    this.cells = new ListBuilder(listOf(field.type.arrow), createBuilder(field.type.arrow));
  }
}

class TimelineColumn {
  readonly bytes = new GrowableBytes();
  isSorted = true;
  lastLo = 0;
  lastHi = -2147483648;

  push(lo: number, hi: number): void {
    if (hi < this.lastHi || (hi === this.lastHi && lo < this.lastLo)) this.isSorted = false;
    this.lastLo = lo;
    this.lastHi = hi;
    this.bytes.pushInt64(lo, hi);
  }

  clear(): void {
    this.bytes.clear();
    this.isSorted = true;
    this.lastLo = 0;
    this.lastHi = -2147483648;
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
  readonly #rowIds = new GrowableBytes();
  readonly #times: readonly TimelineColumn[];
  #columns: CellColumn[] = [];
  readonly #byComponent = new Map<string, CellColumn>();
  /** How many components the row under construction has. */
  #written = 0;

  constructor(entityPath: string, set: TimelineSet) {
    this.entityPath = entityPath;
    this.set = set;
    this.#times = set.timelines.map(() => new TimelineColumn());
  }

  /** Whether the times of all timelines have not gone back yet. */
  get isSorted(): boolean {
    return this.#times.every((column) => column.isSorted);
  }

  /** Whether it holds a caller's memory, so that it must leave before the call returns. */
  get isBorrowed(): boolean {
    for (const column of this.#columns) if (column.cells.isBorrowed) return true;
    return false;
  }

  /** How many bytes its rows take. */
  get byteLength(): number {
    let bytes = this.rows * (16 + this.#times.length * 8);
    for (const column of this.#columns) bytes += column.cells.byteLength;
    return bytes;
  }

  /**
   * The column of a field in the row under construction, or `undefined` if a column of another type
   * stands in its place. `guess` is the field's place in the row: usually the column's place too.
   */
  column(field: ComponentField, guess: number): CellColumn | undefined {
    const guessed = this.#columns[guess];
    if (guessed?.field === field) return guessed;
    const known = this.#byComponent.get(field.descriptor.component);
    if (known === undefined) return this.#addColumn(field);
    return known.field === field || isSameField(known.field, field) ? known : undefined;
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
    const rowIds = this.#rowIds;
    rowIds.reserve(16);
    writeTuid(rowIds.view, rowIds.length, id);
    rowIds.length += 16;
    const times = this.#times;
    for (let slot = 0; slot < times.length; slot++) {
      (times[slot] as TimelineColumn).push(time.lo[slot] as number, time.hi[slot] as number);
    }
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
    const { timelines } = this.set;
    return {
      id: copyTuid(id),
      entityPath: this.entityPath,
      from: 0,
      to: this.rows,
      rowIds: this.#rowIds.used,
      times: this.#times.map(({ bytes, isSorted }, slot): ChunkTimes => {
        const timeline = timelines[slot] as (typeof timelines)[number];
        const range = timeRange(bytes.used);
        return { timeline, bytes: bytes.used, isSorted, start: range.start, end: range.end };
      }),
      components: this.#columns.filter(({ cells }) => cells.nullCount < this.rows).sort((a, b) => compareDescriptors(a.field.descriptor, b.field.descriptor)),
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
    for (const column of this.#times) column.clear();
    this.#rowIds.clear();
    this.rows = 0;
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

function isSameField(a: ComponentField, b: ComponentField): boolean {
  return (
    a.type.arrow === b.type.arrow &&
    a.descriptor.archetype === b.descriptor.archetype &&
    a.descriptor.componentType === b.descriptor.componentType
  );
}
