import { withRerunErrors, yieldingRerunErrors, type OptionNames } from "@rerun-ts/core/checks";
import { compareStrings } from "@rerun-ts/core/util";
import type { RecordBatch, Schema, Table } from "apache-arrow";
import {
  BATCH_ROWS,
  checkQueryOptions,
  FIRST_TIME,
  LAST_TIME,
  makeBatches,
  outputSchema,
  planOutput,
  prepareQuery,
  QUERY_OPTIONS,
  selectColumns,
  TABLE_BATCH_ROWS,
  tableOfBatches,
  type CheckedChoices,
  type ColumnChoices,
  type OutputPlan,
  type QueryOptions,
  type RowSelection,
  type StoreIndex,
} from "@rerun-ts/reading/query";
import { batchOf, nulls, type ComponentColumn } from "@rerun-ts/reading/chunks";
import type { CatalogCall, CatalogCalls } from "./catalog-calls.ts";
import { checkTexts } from "./check-texts.ts";
import { narrowOptions, type ContentFilters } from "./content-filters.ts";
import { datasetColumns } from "./dataset-columns.ts";
import { findChunks } from "./find-chunks.ts";
import { resolveRows, type CatalogIndexValues, type SegmentRows } from "./query-values.ts";
import { columnKey, contentsOf, textColumn, withSegment } from "./segment-columns.ts";
import { segmentGroups } from "./segment-groups.ts";
import { SegmentLoads, type LoadedSegment } from "./segment-loads.ts";
import { segmentRanges, type SegmentRange } from "./segment-ranges.ts";
import type { SegmentRow, SegmentTypedColumns, TypedSegments } from "./typed-segments.ts";

/** The progress of a query of a dataset. */
export interface CatalogQueryProgress {
  /** The number of chunks that were fetched. */
  readonly chunks: number;
  /** The size of their Arrow data, in bytes. */
  readonly bytes: number;
  /** The number of chunks that were read from the storage of the catalog, by URLs that the server offers. */
  readonly directChunks: number;
  /** The number of all chunks that the query needs. */
  readonly totalChunks: number;
  /** The number of segments whose rows are done. */
  readonly segments: number;
  /** The number of all segments with a chunk that the query needs. */
  readonly totalSegments: number;
}

/** Options of a query of a dataset: the options of a query of a file, and the segments. */
export interface CatalogQueryOptions<Index extends string | null = string | null> extends Omit<
  QueryOptions<Index>,
  "usingIndexValues"
> {
  /** The ids of the segments. Unknown segments have no rows. Default: all. */
  segments?: string | readonly string[] | undefined;
  /**
   * The index values of the rows, in place of the logged ones. Values for all segments are omitted in segments whose
   * data begins later or ends earlier. Values by segment, in an object or a `Map`, are all rows, of these segments
   * alone. Default: none.
   */
  usingIndexValues?: CatalogIndexValues | undefined;
  /** Called as chunks are fetched, and as segments are finished. */
  onProgress?: ((progress: CatalogQueryProgress) => void) | undefined;
}

const KNOWN: OptionNames<CatalogQueryOptions> = { ...QUERY_OPTIONS, segments: 1, onProgress: "function" };

/** The columns and rows of a query, as the dataset is now. */
interface Plan extends OutputPlan {
  readonly dataset: StoreIndex;
  /** The options, with the contents of the selection. */
  readonly options: QueryOptions;
  readonly rows: SegmentRows;
  /** Without the column of segments. */
  readonly inner: Schema;
  /** With the columns that only a condition reads. */
  readonly fetched: Schema;
  readonly schema: Schema;
}

/** The dataset of a query. */
interface QueriedDataset {
  readonly calls: CatalogCalls;
  readonly id: string;
  readonly name: string;
  /** Contents that count only as far as each of these matches them. Default: all. */
  readonly filters?: ContentFilters | undefined;
}

/**
 * A query of the segments of a dataset: one row for each index value of each segment, in the order of segments, one
 * column for each component. Iterate over the query to get its rows batch by batch, or call {@link toTable}. Each of
 * these reads the data again. Only necessary chunks are fetched, of several segments at the same time, with bounded
 * memory.
 */
export class CatalogQuery<Index extends string | null = string | null> implements AsyncIterable<RecordBatch> {
  readonly #dataset: QueriedDataset;
  readonly #options: QueryOptions;
  readonly #segments: readonly string[] | undefined;
  readonly #values: CatalogIndexValues | undefined;
  readonly #onProgress: CatalogQueryOptions["onProgress"];
  readonly #call: CatalogCall;

  /** @internal Queries come from `DatasetEntry.query`. */
  constructor(dataset: QueriedDataset, options: CatalogQueryOptions<Index>) {
    checkQueryOptions("query", options, KNOWN);
    const { segments, usingIndexValues, onProgress, ...rest } = options;
    this.#dataset = dataset;
    this.#segments = segments === undefined ? undefined : checkTexts("segments", segments, "ids of segments");
    this.#values = usingIndexValues;
    this.#options = rest;
    this.#onProgress = onProgress;
    const doing = `query the dataset ${JSON.stringify(dataset.name)}`;
    this.#call = { doing, entryId: dataset.id, signal: options.signal };
  }

  /**
   * The columns: the segment, the timelines, then the components.
   *
   * @throws {RerunError} `INVALID_ARGUMENT` if an option is wrong, `NOT_FOUND` if the dataset is not there any more, or
   * the error of the connection
   */
  schema(): Promise<Schema> {
    return withRerunErrors(async () => (await this.#plan()).schema);
  }

  /**
   * Yields the rows, in the order of segments and of the index. Leaving the loop ends all calls.
   *
   * @throws {RerunError} the errors of {@link schema}, `INVALID_FORMAT` if the server sends damaged data
   */
  [Symbol.asyncIterator](): AsyncGenerator<RecordBatch, void, undefined> {
    const size = this.#options.batchRows ?? BATCH_ROWS;
    return yieldingRerunErrors(this.#planned((plan) => this.#batches(plan, size)));
  }

  /** All rows in one table. @throws {RerunError} the errors of the iteration */
  toTable(): Promise<Table> {
    return withRerunErrors(async () => {
      const plan = await this.#plan();
      return tableOfBatches(plan.schema, this.#batches(plan, this.#options.batchRows ?? TABLE_BATCH_ROWS));
    });
  }

  /**
   * Yields the rows as objects with the chosen columns and the id of the segment. The values have the types of their
   * fields: numbers, vectors, strings, names of enumerations.
   *
   * @throws {RerunError} `INVALID_ARGUMENT` if a column is wrong or missing, and the errors of the iteration
   * @example
   * const rows = query.rows({ frame: ["frame", Number], speed: ["/robot", rr.Scalars.scalars, 0] });
   * for await (const { segmentId, frame, speed } of rows) console.log(segmentId, frame, speed?.toFixed(1));
   */
  rows<const Choices extends ColumnChoices>(
    columns: Choices & CheckedChoices<Choices>,
  ): AsyncGenerator<SegmentRow<Choices, Index>, void, undefined> {
    return yieldingRerunErrors(this.#typedRows(columns)) as AsyncGenerator<SegmentRow<Choices, Index>, void, undefined>;
  }

  async *#typedRows(choices: ColumnChoices): AsyncGenerator<object, void, undefined> {
    const { readSegmentRows } = await import("./typed-segments.ts");
    yield* readSegmentRows(await this.#typed(choices));
  }

  /**
   * The chosen columns of all rows, and the segment of each row.
   *
   * @throws {RerunError} `INVALID_ARGUMENT` if a column is wrong or missing, and the errors of the iteration
   * @example
   * const columns = { frame: ["frame", Number], speed: ["/robot", rr.Scalars.scalars, 0] } as const;
   * const { segmentId, frame, speed } = await query.toColumns(columns);
   */
  toColumns<const Choices extends ColumnChoices>(
    columns: Choices & CheckedChoices<Choices>,
  ): Promise<SegmentTypedColumns<Choices, Index>> {
    return withRerunErrors(async () => {
      const { readSegmentColumns } = await import("./typed-segments.ts");
      return (await readSegmentColumns(await this.#typed(columns))) as SegmentTypedColumns<Choices, Index>;
    });
  }

  /** A query of the chosen columns. */
  async #typed(choices: ColumnChoices): Promise<TypedSegments> {
    const { planSegments } = await import("./typed-segments.ts");
    const dataset = await datasetColumns(this.#dataset.calls, this.#call);
    const plan = planSegments(narrowOptions(this.#options, dataset, this.#dataset.filters), dataset, choices);
    const own = { segments: this.#segments, usingIndexValues: this.#values, onProgress: this.#onProgress };
    return { plan, query: new CatalogQuery(this.#dataset, { ...plan.options, ...own }) };
  }

  async *#planned(batches: (plan: Plan) => AsyncIterable<RecordBatch>): AsyncGenerator<RecordBatch, void, undefined> {
    yield* batches(await this.#plan());
  }

  async #plan(): Promise<Plan> {
    const dataset = await datasetColumns(this.#dataset.calls, this.#call);
    const options = narrowOptions(this.#options, dataset, this.#dataset.filters);
    const rows = resolveRows(dataset, options, this.#values);
    const shown = selectColumns(dataset, options, false, "dataset");
    const schema = withSegment(outputSchema(dataset.timelines, shown));
    const output = await planOutput(dataset, shown, schema, options.where, false, "dataset");
    const inner = outputSchema(dataset.timelines, output.columns);
    return { ...output, options, dataset, rows, schema, inner, fetched: withSegment(inner) };
  }

  async *#batches(plan: Plan, size: number): AsyncGenerator<RecordBatch, void, undefined> {
    const { calls } = this.#dataset;
    const { index, from, to } = plan.rows.selection;
    const samples = await this.#samples(plan.rows);
    if (samples?.size === 0) return;
    const isFilled = this.#options.fillLatestAt === true;
    const chunks = await findChunks(
      calls,
      {
        contents: contentsOf(plan, plan.options),
        dataset: plan.dataset,
        timeline: index?.name,
        segments: this.#segments,
        samples,
        from: from === FIRST_TIME ? undefined : from,
        to: to === LAST_TIME ? undefined : to,
        isFilled,
        seesClearsAbove: this.#options.fillAcrossClears !== true,
      },
      this.#call,
    );
    // As in Rerun's own client, a segment without chunks has no rows, even with given index values.
    const segments = [...chunks.keys()].sort(compareStrings);
    const totalChunks = [...chunks.values()].reduce((sum, all) => sum + all.length, 0);
    const done = { chunks: 0, bytes: 0, directChunks: 0, segments: 0 };
    const report = (): void => this.#onProgress?.({ ...done, totalChunks, totalSegments: segments.length });
    const loads = new SegmentLoads(calls, this.#call, ({ bytes, isDirect }) => {
      done.chunks++;
      done.bytes += bytes;
      if (isDirect) done.directChunks++;
      report();
    });
    for await (const segment of loads.segments(segmentGroups(segments, chunks))) {
      const values = samples?.get(segment.id);
      yield* this.#segmentBatches(plan, segment, { ...plan.rows.selection, values }, size);
      done.segments++;
      report();
    }
  }

  /** The index values of each segment, or `undefined` if the data provides them. */
  async #samples({ selection, bySegment }: SegmentRows): Promise<ReadonlyMap<string, BigInt64Array> | undefined> {
    const { index, values } = selection;
    if (index === undefined || (values === undefined && bySegment === undefined)) return undefined;
    const wanted = bySegment === undefined ? this.#segments : [...bySegment.keys()];
    const isWanted = (id: string): boolean => this.#segments?.includes(id) ?? true;
    const ranges = await segmentRanges(this.#dataset.calls, index.name, wanted, this.#call);
    const samples = new Map<string, BigInt64Array>();
    for (const range of ranges) {
      const own = bySegment === undefined ? within(values ?? new BigInt64Array(0), range) : bySegment.get(range.id);
      if (own !== undefined && own.length > 0 && isWanted(range.id)) samples.set(range.id, own);
    }
    return samples;
  }

  async *#segmentBatches(
    { columns, dataset, inner, fetched: schema, filtered, hidden, options: planned }: Plan,
    segment: LoadedSegment,
    selection: RowSelection,
    size: number,
  ): AsyncGenerator<RecordBatch, void, undefined> {
    // Columns that a segment lacks are null in its rows, even after a clear. All columns of a segment produce rows,
    // even those that the dataset does not show: the server may call a column empty that is missing in some segments.
    const known = new Map(dataset.columns.map((column) => [columnKey(column), column]));
    const options = { ...planned, columns: planned.columns && columns.map(({ name }) => name) };
    const chosen = selectColumns(segment.store, options, true);
    const isHidden = (column: ComponentColumn): boolean =>
      !chosen.includes(column) && hidden.some((one) => columnKey(one) === columnKey(column));
    const own = [...chosen, ...segment.store.columns.filter(isHidden)].map(
      (column) => known.get(columnKey(column)) ?? column,
    );
    if (own.length === 0 && selection.index !== undefined && selection.values === undefined) return;
    const prepared = await prepareQuery(segment.store, segment, own, selection, this.#options);
    const rows = selection.index === undefined ? new Float64Array(1) : prepared.rows;
    const { fillLatestAt, signal } = this.#options;
    const isFilled = fillLatestAt === true;
    const ownSchema = outputSchema(dataset.timelines, own);
    const plan = { schema: ownSchema, timelines: dataset.timelines, index: selection.index?.name, isFilled, signal };
    const places = inner.fields.map(({ name }) => ownSchema.fields.findIndex((field) => field.name === name));
    for await (const { data } of makeBatches({ ...prepared, rows }, plan, size)) {
      const values = inner.fields.map(({ type }, at) => data.children[places[at] ?? -1] ?? nulls(type, data.length));
      const children = [textColumn(segment.id, data.length), ...values];
      yield* filtered([batchOf(schema, data.length, children)]);
    }
  }
}

/** The values in the range of a segment. */
function within(values: BigInt64Array, { start, end }: SegmentRange): BigInt64Array {
  if (start === undefined || end === undefined) return new BigInt64Array(0);
  return values.filter((value) => value >= start && value <= end);
}
