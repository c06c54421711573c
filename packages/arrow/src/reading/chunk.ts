import { Table } from "apache-arrow";
import type { ChunkData } from "../store/chunk-data.ts";

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

/** A chunk of a recording: rows of one entity with the same timelines. */
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

  /** @internal Chunks come from `RecordingReader.chunks`. */
  constructor(data: ChunkData) {
    chunkData.set(this, data);
    this.#data = data;
    this.id = data.id;
    this.entityPath = data.entityPath;
    this.numRows = data.rows;
    this.timelines = data.layout.timelines.map(({ name }) => name);
    this.components = data.layout.components.map(({ name }) => name);
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
