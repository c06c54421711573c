import { withRerunErrors, yieldingRerunErrors } from "@rerun-ts/core/checks";
import { checkAborted } from "@rerun-ts/core/util";
import type { RecordBatch, Schema, Table } from "apache-arrow";
import type { ChunkLoader } from "../store/chunk-loader.ts";
import type { ComponentColumn, IndexColumn } from "../store/chunk-info.ts";
import type { LiveUpdates } from "../store/live-updates.ts";
import { TurnCounter, turnOf } from "../store/turn-counter.ts";
import type { StoreIndex } from "../store/store-index.ts";
import { makeBatches } from "../query/make-batches.ts";
import { outputSchema } from "../query/output-schema.ts";
import { prepareQuery } from "../query/prepare-query.ts";
import {
  checkQueryOptions,
  QUERY_OPTIONS,
  resolveSelection,
  type QueryOptions,
  type RowSelection,
} from "../query/query-options.ts";
import { selectColumns } from "../query/select-columns.ts";
import { resolveInterval, type SubscribeOptions } from "../query/subscribe-options.ts";
import type { CheckedChoices, CellOf, ColumnChoices, TypedRow } from "../query/column-choice.ts";
import type { TypedColumn } from "../typed/typed-column.ts";
import { allBatches, BATCH_ROWS, planOutput, TABLE_BATCH_ROWS, tableOfBatches } from "./plan-output.ts";

/**
 * A query of a recording: one row for each index value, one column for each component. Iterate over the query to get
 * its rows batch by batch, or call {@link toTable}. Each of these reads the data again.
 */
export class Query<Index extends string | null = string | null> implements AsyncIterable<RecordBatch> {
  /** The timeline whose values are the rows, as in the options. */
  readonly index: Index;
  /**
   * The columns: the timelines, then the components. A query of a live recording has the columns at its creation, also
   * in its batches. {@link toTable} has the current ones.
   */
  readonly schema: Schema;
  readonly #store: StoreIndex;
  readonly #loader: ChunkLoader;
  readonly #live: LiveUpdates | undefined;
  readonly #timelines: readonly IndexColumn[];
  readonly #columns: readonly ComponentColumn[];
  /** The rows of the query. `undefined` if a live recording does not have the timeline yet. */
  readonly #selection: RowSelection | undefined;
  readonly #options: QueryOptions;

  /** @internal Queries come from `RecordingReader.query`. */
  constructor(store: StoreIndex, loader: ChunkLoader, options: QueryOptions, live?: LiveUpdates) {
    checkQueryOptions("query", options, QUERY_OPTIONS);
    this.#store = store;
    this.#loader = loader;
    this.#options = options;
    this.#live = live;
    this.index = options.index as Index;
    const isLive = live !== undefined;
    this.#selection = resolveSelection(store, options, isLive);
    this.#columns = selectColumns(store, options, isLive);
    this.#timelines = store.timelines;
    this.schema = outputSchema(this.#timelines, this.#columns);
  }

  /**
   * Yields the rows, in the order of the index.
   * @throws {RerunError} `INVALID_FORMAT` if a chunk is damaged, or the error of the source
   */
  [Symbol.asyncIterator](): AsyncGenerator<RecordBatch, void, undefined> {
    return this.#batches(this.#options.batchRows ?? BATCH_ROWS);
  }

  /** All rows in one table. @throws {RerunError} `INVALID_FORMAT` if a chunk is damaged, or the error of the source */
  async toTable(): Promise<Table> {
    this.#live?.refresh();
    // With the columns that there are now.
    const query: Query = this.#live === undefined ? this : this.#with(this.#options);
    return tableOfBatches(query.schema, query.#batches(this.#options.batchRows ?? TABLE_BATCH_ROWS));
  }

  /**
   * Yields the rows as objects with the chosen columns. Values have the types of their fields: numbers, vectors,
   * strings, names of enumerations.
   *
   * @throws {RerunError} `INVALID_ARGUMENT` if a column is wrong or missing, and the errors of {@link toTable}
   * @example
   * const rows = query.rows({ frame: ["frame", Number], speed: ["/robot", rr.Scalars.scalars, 0] });
   * for await (const { frame, speed } of rows) console.log(frame, speed?.toFixed(1));
   */
  rows<const Choices extends ColumnChoices>(
    columns: Choices & CheckedChoices<Choices>,
  ): AsyncGenerator<TypedRow<Choices, Index>, void, undefined> {
    return yieldingRerunErrors(this.#typedRows(columns)) as AsyncGenerator<TypedRow<Choices, Index>, void, undefined>;
  }

  async *#typedRows(choices: ColumnChoices): AsyncGenerator<object, void, undefined> {
    // Loaded on demand, because programs that only read tables do not need it.
    const { planColumns, readRows } = await import("./lazy-reading.ts");
    this.#live?.refresh();
    const plan = planColumns(this.#store, this.#options, choices, this.#live !== undefined);
    for await (const batch of this.#with(plan.options)) yield* readRows(batch, plan);
  }

  /**
   * The chosen columns of all rows. Their typed arrays refer to the memory of the query where they can.
   *
   * @throws {RerunError} `INVALID_ARGUMENT` if a column is wrong or missing, and the errors of {@link toTable}
   * @example
   * const columns = { frame: ["frame", Number], speed: ["/robot", rr.Scalars.scalars, 0] } as const;
   * const { frame, speed } = await query.toColumns(columns);
   * plot(frame.toFloat64Array(), speed.toFloat64Array());
   */
  toColumns<const Choices extends ColumnChoices>(
    columns: Choices & CheckedChoices<Choices>,
  ): Promise<{ readonly [Key in keyof Choices]: TypedColumn<CellOf<Choices[Key], Index>> }> {
    return withRerunErrors(async () => {
      const { planColumns, readColumns } = await import("./lazy-reading.ts");
      this.#live?.refresh();
      const plan = planColumns(this.#store, this.#options, columns, this.#live !== undefined);
      const batches = await allBatches(this.#with(plan.options).#batches(Number.MAX_SAFE_INTEGER));
      return readColumns(batches, plan) as {
        readonly [Key in keyof Choices]: TypedColumn<CellOf<Choices[Key], Index>>;
      };
    });
  }

  #with(options: QueryOptions): Query {
    return new Query(this.#store, this.#loader, options, this.#live);
  }

  /**
   * Yields the table of all rows, and another after changes of a live recording. A loop that takes longer than
   * `intervalMs` gets the newest one. Ends with the live recording. For a file, ends after the first table.
   *
   * @throws {RerunError} `INVALID_ARGUMENT` if an option is wrong, the errors of {@link toTable}, and the error of the
   * source of a live recording
   * @example
   * for await (const table of live.query({ index: "frame", contents: "/robot/**" }).subscribe()) draw(table);
   */
  subscribe(options: SubscribeOptions = {}): AsyncGenerator<Table, void, undefined> {
    return yieldingRerunErrors(this.#tables(options));
  }

  async *#tables(options: SubscribeOptions): AsyncGenerator<Table, void, undefined> {
    const intervalMs = resolveInterval(options);
    const live = this.#live;
    for (let hasChanged = true; hasChanged;) {
      live?.refresh();
      const version = live?.version ?? 0;
      yield await this.toTable();
      hasChanged = live !== undefined && (await live.changed(version, intervalMs, this.#options));
    }
  }

  async *#batches(size: number): AsyncGenerator<RecordBatch, void, undefined> {
    this.#live?.refresh();
    if (this.#selection === undefined) return;
    const { fillLatestAt, signal, where } = this.#options;
    const { columns, hidden, filtered } = await planOutput(
      this.#store,
      this.#columns,
      this.schema,
      where,
      this.#live !== undefined,
    );
    const prepared = await prepareQuery(this.#store, this.#loader, columns, this.#selection, this.#options);
    const timelines = this.#timelines;
    const schema = hidden.length === 0 ? this.schema : outputSchema(timelines, columns);
    const plan = { schema, timelines, index: this.#selection.index?.name, isFilled: fillLatestAt === true, signal };
    const turns = new TurnCounter();
    for await (const made of makeBatches(prepared, plan, size)) {
      for (const batch of filtered([made])) {
        // Also if all chunks were in memory.
        checkAborted(signal);
        yield batch;
      }
      if (turns.isDue(made.numRows)) await turnOf(signal);
    }
  }
}
