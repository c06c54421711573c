import { Table } from "apache-arrow";
import type { EntityPathLike } from "@rerun-ts/core";
import type { ChunkData } from "../store/chunk-data.ts";
import { chunkFromColumns, type ChunkColumns } from "./new-chunk.ts";

/** Kept beside the chunks, so that users do not see it in completion lists. */
const chunkData = new WeakMap<Chunk, ChunkData>();

/** The Arrow data of a chunk. */
export function arrowOf(chunk: Chunk): Uint8Array {
  return chunkData.get(chunk)?.arrow ?? new Uint8Array(0);
}

/** The columns of a chunk. */
export function chunkDataOf(chunk: Chunk): ChunkData {
  return chunkData.get(chunk) as ChunkData;
}

/** A chunk: rows of one entity with the same timelines. Immutable. */
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
    chunkData.set(this, data);
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

  /** The size of its Arrow data without compression, in bytes. */
  get byteLength(): number {
    return this.#data.arrow.byteLength;
  }

  /** Whether its rows have no times. */
  get isStatic(): boolean {
    return this.timelines.length === 0;
  }

  /** The rows: their ids, times and components. Made on the first call. */
  get table(): Table {
    return (this.#table ??= new Table([this.#data.toRecordBatch()]));
  }
}
