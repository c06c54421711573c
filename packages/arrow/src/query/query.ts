import { Table, type RecordBatch, type Schema } from "apache-arrow";
import type { ChunkLoader } from "../store/chunk-loader.ts";
import type { ComponentColumn } from "../store/chunk-info.ts";
import type { StoreIndex } from "../store/store-index.ts";
import { makeBatches } from "./make-batches.ts";
import { outputSchema } from "./output-schema.ts";
import { prepareQuery } from "./prepare.ts";
import { resolveSelection, type QueryOptions, type RowSelection } from "./query-options.ts";
import { selectColumns } from "./select-columns.ts";

const BATCH_ROWS = 2048;
const TABLE_BATCH_ROWS = 65536;

/**
 * A query of a recording: one row for each index value, one column for each component. Iterate over it to get its rows
 * batch by batch, or call {@link toTable}; each time it reads what it needs again.
 */
export class Query implements AsyncIterable<RecordBatch> {
  /** The columns: the timelines, then the components. */
  readonly schema: Schema;
  readonly #store: StoreIndex;
  readonly #loader: ChunkLoader;
  readonly #columns: readonly ComponentColumn[];
  readonly #selection: RowSelection;
  readonly #options: QueryOptions;

  /** @internal Queries come from `RecordingReader.query`. */
  constructor(store: StoreIndex, loader: ChunkLoader, options: QueryOptions) {
    this.#store = store;
    this.#loader = loader;
    this.#options = options;
    this.#selection = resolveSelection(store, options);
    this.#columns = selectColumns(store, options);
    this.schema = outputSchema(store.timelines, this.#columns);
  }

  /**
   * Yields the rows, in the order of the index.
   * @throws {RerunError} `FORMAT` if a chunk is damaged, or the error of the source
   */
  [Symbol.asyncIterator](): AsyncGenerator<RecordBatch, void, undefined> {
    return this.#batches(this.#options.batchRows ?? BATCH_ROWS);
  }

  /** All rows in one table. @throws {RerunError} `FORMAT` if a chunk is damaged, or the error of the source */
  async toTable(): Promise<Table> {
    const batches: RecordBatch[] = [];
    for await (const batch of this.#batches(this.#options.batchRows ?? TABLE_BATCH_ROWS)) batches.push(batch);
    return new Table(this.schema, batches);
  }

  async *#batches(size: number): AsyncGenerator<RecordBatch, void, undefined> {
    const prepared = await prepareQuery(this.#store, this.#loader, this.#columns, this.#selection, this.#options);
    yield* makeBatches(
      prepared,
      {
        schema: this.schema,
        timelines: this.#store.timelines,
        index: this.#selection.index?.name,
        isFilled: this.#options.fillLatestAt === true,
      },
      size,
    );
  }
}
