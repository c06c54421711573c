import { convertColumns, cutChunks, type ChunkIds, type ColumnsLike } from "../batch/column-chunks.ts";
import { compareDescriptors, type LoggedChunk } from "../batch/logged-chunk.ts";
import type { ColumnTable } from "../batch/column-table.ts";
import { copyTuid, RowIdColumn, TuidGenerator, tuidText } from "../batch/tuid.ts";
import { InvalidValueError } from "../checks/invalid-value-error.ts";
import { ChunkEncoder } from "../rrd/encode/chunk-encoder.ts";
import type { EncodedMessage, StoreId } from "../rrd/encode/encoded-message.ts";
import { Clock } from "../time/clock.ts";
import { TimelineRegistry } from "../time/timeline.ts";

export interface NewChunkIds {
  /** 32 hexadecimal digits, as Rerun prints them. */
  readonly chunkId: string;
  /** 16 bytes for each row, big-endian. */
  readonly rowIds: Uint8Array<ArrayBuffer>;
}

/** Encodes columns as chunks without a recording. Ids increase from chunk to chunk and from row to row. */
export class ColumnEncoder {
  readonly #clock = new Clock();
  readonly #ids = new TuidGenerator();
  readonly #chunkIds: ChunkIds = { next: () => this.#nextId(), rows: new RowIdColumn() };
  readonly #encoder: ChunkEncoder;

  constructor(storeId: StoreId) {
    this.#encoder = new ChunkEncoder(storeId, "none");
  }

  /**
   * Encodes all rows of columns as one chunk, without compression.
   *
   * @param entityPath the canonical path
   * @throws {TypeError | RangeError} with the name of the column, if one is invalid
   */
  encode(entityPath: string, columns: ColumnsLike): EncodedMessage {
    let label = "columns";
    try {
      // Chunks of different recordings may have timelines of the same name and different kinds.
      const registry = new TimelineRegistry();
      const table = convertColumns(columns, registry, (name) => (label = name));
      const [chunk = this.#emptyChunk(entityPath, table, registry)] = cutChunks(
        table,
        entityPath,
        registry,
        Number.MAX_VALUE,
        this.#chunkIds,
      );
      return this.#encoder.encode(chunk, true);
    } catch (error) {
      throw error instanceof InvalidValueError ? error.toError(error.argument ?? label) : error;
    }
  }

  /** The id of a new chunk, and the ids of its rows: 16 bytes each, big-endian. */
  newIds(rows: number): NewChunkIds {
    const { next, rows: memory } = this.#chunkIds;
    const generator = next();
    const chunkId = tuidText(generator);
    const rowIds = memory.idsAfter(generator, rows).slice();
    generator.skip(rows);
    return { chunkId, rowIds };
  }

  /** A chunk without rows, which recordings do not have. */
  #emptyChunk(entityPath: string, { times, cells }: ColumnTable, registry: TimelineRegistry): LoggedChunk {
    const zero = { lo: 0, hi: 0 };
    return {
      id: copyTuid(this.#nextId()),
      entityPath,
      from: 0,
      to: 0,
      rowIds: new Uint8Array(0),
      times: times.map(({ name, kind, bytes }) => ({
        timeline: registry.resolve(name, kind),
        bytes,
        isSorted: true,
        start: zero,
        end: zero,
      })),
      components: [...cells].sort((a, b) => compareDescriptors(a.field.descriptor, b.field.descriptor)),
    };
  }

  #nextId(): TuidGenerator {
    this.#clock.read();
    this.#ids.next(this.#clock);
    return this.#ids;
  }
}
