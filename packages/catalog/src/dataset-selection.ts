import { invalidArgument } from "@rerun-ts/core/checks";
import { Schema, Table } from "apache-arrow";
import { recordingSchema, type RecordingSchema } from "@rerun-ts/reading/query";
import type { CatalogCall, CatalogCallOptions, CatalogCalls } from "./catalog-calls.ts";
import { CatalogQuery, type CatalogQueryOptions } from "./catalog-query.ts";
import { checkTexts } from "./check-texts.ts";
import { matchingColumns, matchingFields, type ContentFilters } from "./content-filters.ts";
import { datasetColumns, datasetSchema } from "./dataset-columns.ts";
import type { SegmentTableOptions } from "./segment-table-options.ts";

/** Segments: their ids, or a table with the column `rerun_segment_id`. */
export type SegmentChoice = string | readonly string[] | Table;

interface SelectedDataset {
  readonly id: string;
  readonly name: string;
  segmentIds(options: CatalogCallOptions): Promise<readonly string[]>;
  segmentTable(options: SegmentTableOptions): Promise<Table>;
}

const ID = "rerun_segment_id";

/** Some segments and entities of a dataset. A selection is immutable: each filter returns another one. */
export class DatasetSelection {
  readonly #dataset: SelectedDataset;
  readonly #calls: CatalogCalls;
  readonly #segments: readonly string[] | undefined;
  readonly #filters: ContentFilters;

  /** @internal Selections come from `DatasetEntry.filterSegments` and `filterContents`. */
  constructor(
    dataset: SelectedDataset,
    calls: CatalogCalls,
    segments?: readonly string[],
    filters: ContentFilters = [],
  ) {
    this.#dataset = dataset;
    this.#calls = calls;
    this.#segments = segments;
    this.#filters = filters;
  }

  /** The segments that are also among these. @throws {TypeError} if the argument is wrong */
  filterSegments(segments: SegmentChoice): DatasetSelection {
    const ids = idsOf(segments);
    return new DatasetSelection(this.#dataset, this.#calls, this.#among(ids), this.#filters);
  }

  /** The entities that these expressions match, too. @throws {TypeError} if the argument is wrong */
  filterContents(contents: string | readonly string[]): DatasetSelection {
    const filter = checkTexts("contents", contents, "expressions of entities");
    return new DatasetSelection(this.#dataset, this.#calls, this.#segments, [...this.#filters, filter]);
  }

  /**
   * A query of the selection. Its `segments` and `contents` narrow it further.
   *
   * @throws {TypeError} if an option is wrong
   */
  query<const Index extends string | null>(options: CatalogQueryOptions<Index>): CatalogQuery<Index> {
    const { id, name } = this.#dataset;
    const segments = options?.segments === undefined ? this.#segments : this.#among(idsOf(options.segments));
    return new CatalogQuery({ calls: this.#calls, id, name, filters: this.#filters }, { ...options, segments });
  }

  /** The timelines, and the components of the entities. @throws {RerunError} the error of `DatasetEntry.schema` */
  async schema(options: CatalogCallOptions = {}): Promise<RecordingSchema> {
    const dataset = await datasetColumns(this.#calls, this.#schemaCall(options));
    return recordingSchema(dataset.timelines, matchingColumns(dataset, this.#filters));
  }

  /**
   * The Arrow schema in the server's form: a column of row ids, the timelines, and the components of the entities.
   *
   * @throws {RerunError} the error of `DatasetEntry.arrowSchema`
   */
  async arrowSchema(options: CatalogCallOptions = {}): Promise<Schema> {
    const { fields, metadata } = await datasetSchema(this.#calls, this.#schemaCall(options));
    return new Schema(matchingFields(fields, this.#filters), metadata);
  }

  #schemaCall({ signal }: CatalogCallOptions): CatalogCall {
    const doing = `read the schema of the dataset ${JSON.stringify(this.#dataset.name)}`;
    return { doing, entryId: this.#dataset.id, signal };
  }

  /** The ids of the segments, sorted. Ids that are not in the dataset are omitted. */
  async segmentIds(options: CatalogCallOptions = {}): Promise<readonly string[]> {
    const ids = await this.#dataset.segmentIds(options);
    return this.#segments === undefined ? ids : ids.filter((id) => this.#segments?.includes(id));
  }

  /** The table of the segments. @throws {RerunError} the errors of `DatasetEntry.segmentTable` */
  segmentTable(options: SegmentTableOptions = {}): Promise<Table> {
    const segments = options.segments === undefined ? this.#segments : this.#among(idsOf(options.segments));
    return this.#dataset.segmentTable({ ...options, segments });
  }

  /**
   * The first and the last time of each segment on each timeline: the columns `rerun_segment_id`, `frame:start`,
   * `frame:end` and so on. A timeline that a segment lacks is null there.
   */
  async getIndexRanges(options: CatalogCallOptions = {}): Promise<Table> {
    const [table, { indexes }] = await Promise.all([this.segmentTable(options), this.schema(options)]);
    const names = new Set(table.schema.fields.map(({ name }) => name));
    const wanted = indexes.flatMap(({ name }) => [`${name}:start`, `${name}:end`]).filter((name) => names.has(name));
    return table.select([ID, ...wanted]);
  }

  #among(ids: readonly string[]): readonly string[] {
    const own = this.#segments;
    return own === undefined ? ids : ids.filter((id) => own.includes(id));
  }
}

function idsOf(segments: SegmentChoice): readonly string[] {
  if (!(segments instanceof Table)) return checkTexts("segments", segments, "ids of segments");
  const column = segments.getChild(ID);
  if (column === null) throw invalidArgument("segments", `ids of segments, or a table with the column ${ID}`, segments);
  return [...new Set(Array.from(column, String))];
}
