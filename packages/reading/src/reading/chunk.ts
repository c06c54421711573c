import type { AsComponents, EntityPathLike } from "@rerun-ts/core";
import { invalidArgument } from "@rerun-ts/core/checks";
import { Table, type RecordBatch, type Vector } from "apache-arrow";
import {
  columnNamed,
  columnsOf,
  dropColumns,
  filterRows,
  mapColumn,
  renameColumns,
  sliceRows,
  withColumns,
} from "../chunks/edit-columns.ts";
import type { ColumnValues } from "../chunks/instances.ts";
import { chunkFromColumns, chunkFromProperty, pathText, type ChunkColumns } from "../chunks/new-chunk.ts";
import { printChunk, type PrintChunkOptions } from "../chunks/print-chunk.ts";
import { batchChunks, checkTableOptions, tableBatches } from "../chunks/table-chunks.ts";
import type { DataframeOptions } from "../chunks/table-columns.ts";
import { isChunkData, type ChunkData } from "../store/chunk-data.ts";

/**
 * The key of a chunk's data, which users do not see in completion lists. Another copy of this module, which a late
 * import may load, has the same.
 */
const DATA = Symbol.for("@rerun-ts/reading/chunk-data");

/** The columns of a chunk. */
export function chunkDataOf(chunk: Chunk): ChunkData {
  return (chunk as unknown as { readonly [DATA]: ChunkData })[DATA];
}

/** Whether a value is a chunk, also one of another copy of this module. */
export function isChunk(value: unknown): value is Chunk {
  return typeof value === "object" && value !== null && Object.hasOwn(value, DATA);
}

/**
 * A chunk: rows of one entity with the same timelines. Chunks are values: an edit returns another chunk with a new id,
 * and the rows keep their ids. Columns are shared, and encoded only when a chunk is sent or written.
 */
export class Chunk {
  /** The id: 32 hexadecimal digits. */
  readonly id: string;
  /** The canonical path of the entity. */
  readonly entityPath: string;
  /** The number of rows. */
  readonly numRows: number;
  /** The names of the timelines. A static chunk has none. */
  readonly timelines: readonly string[];
  /** The names of the components, e.g. `Points3D:positions`. */
  readonly components: readonly string[];
  readonly #data: ChunkData;
  #table: Table | undefined;

  /** @internal Chunks come from `RecordingReader.chunks` and {@link Chunk.fromColumns}. */
  constructor(data: ChunkData) {
    if (!isChunkData(data))
      throw new TypeError("a `Chunk` must be made by `Chunk.fromColumns`, `.fromTable` or `.fromProperty`, or be read");
    Object.defineProperty(this, DATA, { value: data });
    this.#data = data;
    this.id = data.id;
    this.entityPath = data.entityPath;
    this.numRows = data.rows;
    this.timelines = data.layout.timelines.map(({ name }) => name);
    this.components = data.layout.components.map(({ name }) => name);
  }

  /**
   * A chunk with new ids, from the arguments of `sendColumns`. Rows are sorted by their times. Without `timelines` they
   * are static. The values are copied.
   *
   * @throws {TypeError | RangeError} if the path or a column is invalid, or the columns differ in their numbers of rows
   * @example
   * const frames = rr.TimeColumn.sequence("frame", [0, 1, 2]);
   * const columns = rr.Scalars.columns({ scalars: [0.1, 0.7, 0.3] });
   * const chunk = Chunk.fromColumns("/wave", { timelines: frames, columns });
   */
  static fromColumns(entityPath: EntityPathLike, columns: ChunkColumns): Chunk {
    return new Chunk(chunkFromColumns(entityPath, columns));
  }

  /**
   * The chunks of a table: one for each entity of each batch, with new ids. Columns are found as by `sendDataframe`.
   *
   * @throws {TypeError} if the table or an option is wrong, or the timelines are unknown
   * @throws {RerunError} `INVALID_DATA` if a time is null or out of range, `INVALID_FORMAT` if IPC data is damaged
   * @example
   * const table = tableFromArrays({ frame: new BigInt64Array([0n, 1n]), speed: new Float64Array([0.5, 0.7]) });
   * const [chunk] = Chunk.fromTable(table, { index: "frame", entityPath: "/robot" });
   */
  static fromTable(table: Table | RecordBatch | Uint8Array, options: DataframeOptions = {}): Chunk[] {
    checkTableOptions("Chunk.fromTable", options);
    const batches = tableBatches(table, "table");
    if (batches === undefined) throw invalidArgument("table", "a table, a batch or an Arrow IPC stream", table);
    return batches.flatMap((batch) => batchChunks(batch, options)).map((data) => new Chunk(data));
  }

  /**
   * The static chunk of a property of a recording, as `sendProperty` logs it.
   *
   * @throws {TypeError | RangeError} if the name or a value is invalid
   */
  static fromProperty(name: string, values: AsComponents): Chunk {
    return new Chunk(chunkFromProperty(name, values));
  }

  /** The uncompressed size of the Arrow data, in bytes. */
  get byteLength(): number {
    return this.#data.byteLength;
  }

  /** Whether the rows have no times. */
  get isStatic(): boolean {
    return this.timelines.length === 0;
  }

  /** The rows: their ids, times and components. Made on the first call. */
  get table(): Table {
    return (this.#table ??= new Table([this.#data.toRecordBatch()]));
  }

  /** The times of the rows: numbers, or nanoseconds. @throws {TypeError} if the timeline does not exist */
  times(timeline: string): BigInt64Array {
    const column = this.#data.layout.timelines.find(({ name }) => name === timeline);
    if (column !== undefined) return this.#data.times(column).slice();
    const names = this.timelines.map((name) => JSON.stringify(name)).join(", ");
    throw invalidArgument("timeline", `one of the chunk's (${names || "none"})`, timeline);
  }

  /** A copy that belongs to another entity. @throws {TypeError} if the path is invalid */
  withEntityPath(entityPath: EntityPathLike): Chunk {
    return new Chunk(withColumns(this.#data, columnsOf(this.#data), pathText("entityPath", entityPath)));
  }

  /**
   * A copy with other instances of a component, in the same rows. The function gets the instances of all rows together
   * and returns as many. Their Arrow type may be another one.
   *
   * @throws {TypeError} if the component does not exist, or the function returns something else
   * @example
   * const inMetres = chunk.mapColumn("Scalars:scalars", (values) => values.toArray().map((value) => value / 1000));
   */
  mapColumn(component: string, map: (instances: Vector) => ColumnValues): Chunk {
    return new Chunk(mapColumn(this.#data, component, map));
  }

  /**
   * A copy with other names of timelines and components.
   *
   * @throws {TypeError} if the column does not exist, or two would have one name
   * @example
   * chunk.rename({ frame: "step", "Imu:accel": "Imu:acceleration" });
   */
  rename(names: Readonly<Record<string, string>>): Chunk {
    return new Chunk(renameColumns(this.#data, names));
  }

  /** A copy without some timelines and components. @throws {TypeError} if the column does not exist */
  drop(...names: readonly string[]): Chunk {
    return new Chunk(dropColumns(this.#data, names));
  }

  /** A copy of some components with all timelines. @throws {TypeError} if the component does not exist */
  select(...components: readonly string[]): Chunk {
    for (const name of components) columnNamed(this.#data, name, false);
    const others = this.components.filter((name) => !components.includes(name));
    return others.length === 0 ? this : this.drop(...others);
  }

  /**
   * A copy of the rows from `start` to before `end`. Negative numbers count from the end.
   *
   * @throws {TypeError} if a number is not an integer
   */
  slice(start: number, end: number = this.numRows): Chunk {
    return new Chunk(sliceRows(this.#data, start, end));
  }

  /**
   * A copy of the rows for whose numbers a function returns true.
   *
   * @example
   * const frames = chunk.times("frame");
   * const even = chunk.filter((row) => (frames[row] ?? 0n) % 2n === 0n);
   */
  filter(keeps: (row: number) => boolean): Chunk {
    return new Chunk(filterRows(this.#data, keeps));
  }

  /** The chunk as a table for people. @throws {TypeError} if an option is wrong */
  print(options?: PrintChunkOptions): string {
    return printChunk(this.#data, options);
  }
}
