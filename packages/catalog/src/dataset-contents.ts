import { checkOptions, withRerunErrors } from "@rerun-ts/core/checks";
import { cloudService } from "./catalog-service.ts";
import type { Schema, Table } from "apache-arrow";
import { recordingSchema, type RecordingSchema } from "@rerun-ts/reading/query";
import type { CatalogCall, CatalogCallOptions } from "./catalog-calls.ts";
import { CatalogEntry } from "./catalog-entry.ts";
import { CatalogQuery, type CatalogQueryOptions } from "./catalog-query.ts";
import { checkNonEmptyText, checkTexts } from "./check-texts.ts";
import { datasetColumns, datasetSchema } from "./dataset-columns.ts";
import { DatasetSelection, type SegmentChoice } from "./dataset-selection.ts";
import { joinTables } from "./join-tables.ts";
import type { SegmentTableOptions } from "./segment-table-options.ts";
import { datasetInfo, type DatasetInfo } from "./dataset-info.ts";
import { doneLayers } from "./done-layers.ts";
import type { Layer } from "./layer.ts";
import { openSegment, type Segment } from "./segment.ts";
import { segmentLink, type SegmentTimes } from "./segment-link.ts";
import { segmentFilter } from "./segment-ranges.ts";
import { collectTable, tableOfResponse, limitedParts, schemaOfMessage, textListsOf } from "./server-tables.ts";

const ID = "rerun_segment_id";
const LAYERS = "rerun_layer_names";

/** The readable part of a dataset: its columns, its segments and their rows. */
export abstract class DatasetContents extends CatalogEntry {
  /** Removes layers of segments, and waits until they are gone. */
  protected abstract drop(
    segments: readonly string[],
    layers: readonly string[],
    options: CatalogCallOptions,
  ): Promise<void>;

  /** A call about this dataset. */
  protected call(doing: string, { signal }: CatalogCallOptions): CatalogCall {
    return { doing: `${doing} ${this.title}`, entryId: this.id, signal };
  }

  /**
   * The timelines and components of all segments.
   *
   * @throws {RerunError} `NOT_FOUND` if the dataset is not there any more, or the error of the connection
   */
  async schema(options: CatalogCallOptions = {}): Promise<RecordingSchema> {
    const { timelines, columns } = await datasetColumns(this.calls, this.call("read the schema of", options));
    return recordingSchema(timelines, columns);
  }

  /** The Arrow schema in the server's form, with a column of row ids. */
  arrowSchema(options: CatalogCallOptions = {}): Promise<Schema> {
    return datasetSchema(this.calls, this.call("read the schema of", options));
  }

  /** The ids of the segments, sorted. */
  async segmentIds(options: CatalogCallOptions = {}): Promise<readonly string[]> {
    const table = await this.segmentTable({ ...options, columns: [ID] });
    return textsIn(table, ID).sort();
  }

  /**
   * The table of segments: one row for each, with its layers, their URLs, its size, its properties and the range of its
   * timelines.
   *
   * @throws {RerunError} `INVALID_ARGUMENT` if an option is wrong, or the error of the connection
   */
  segmentTable(options: SegmentTableOptions = {}): Promise<Table> {
    return withRerunErrors(async () => {
      checkOptions("segmentTable", options, { segments: 1, columns: 1, joinMeta: 1, joinKey: 1, signal: 1 });
      const { columns, segments, joinMeta, joinKey = ID } = options;
      const call = this.call("list the segments of", options);
      const request = {
        // The server does not know the columns of a joined table.
        columns:
          columns === undefined || joinMeta !== undefined
            ? []
            : [...checkTexts("columns", columns, "names of columns")],
        ...segmentFilter(segments === undefined ? undefined : checkTexts("segments", segments, "ids of segments")),
      };
      const responses = this.calls.responses(cloudService.method.scanSegmentTable, request, call);
      const listed = await collectTable(limitedParts(responses, call, tableOfResponse), async () => {
        const { schema } = await this.calls.unary(cloudService.method.getSegmentTableSchema, {}, call);
        return schemaOfMessage(schema);
      });
      const meta = joinMeta !== undefined && "toTable" in joinMeta ? await joinMeta.toTable(options) : joinMeta;
      const whole = meta === undefined ? listed : joinTables(listed, meta, joinKey);
      return columns === undefined ? whole : whole.select(columns.filter((name) => hasColumn(whole, name)));
    });
  }

  /** The table of layers: one row for each layer of each segment that was registered successfully. */
  manifest(options: CatalogCallOptions = {}): Promise<Table> {
    return withRerunErrors(async () => {
      const call = this.call("list the layers of", options);
      const responses = this.calls.responses(cloudService.method.scanDatasetManifest, {}, call);
      return doneLayers(
        await collectTable(limitedParts(responses, call, tableOfResponse), async () => {
          const { schema } = await this.calls.unary(cloudService.method.getDatasetManifestSchema, {}, call);
          return schemaOfMessage(schema);
        }),
      );
    });
  }

  /** An overview: segments, size, layers, timelines and the number of columns. */
  async info(options: CatalogCallOptions = {}): Promise<DatasetInfo> {
    const [schema, segments] = await Promise.all([this.schema(options), this.segmentTable(options)]);
    return datasetInfo(this.name, schema, segments);
  }

  /** The first and last times of each segment: a row for each, two columns for each timeline. */
  getIndexRanges(options: CatalogCallOptions = {}): Promise<Table> {
    return new DatasetSelection(this, this.calls).getIndexRanges(options);
  }

  /**
   * Opens a segment: a reader like the one of a recording in a file. The index is read now, and chunks when they are
   * needed.
   *
   * @throws {RerunError} `NOT_FOUND` if the segment does not exist, or the error of the connection
   */
  segment(id: string, options: CatalogCallOptions = {}): Promise<Segment> {
    return withRerunErrors(() =>
      openSegment(
        {
          calls: this.calls,
          id: this.id,
          name: this.name,
          segmentUrl: (segmentId) => this.segmentUrl(segmentId),
          layersOf: (segmentId, more) => this.#layersOf(segmentId, more),
          dropLayer: (segmentId, layer, more) => this.drop([segmentId], [checkNonEmptyText("name", layer)], more),
        },
        checkNonEmptyText("id", id),
        options,
      ),
    );
  }

  async #layersOf(segmentId: string, options: CatalogCallOptions): Promise<readonly string[]> {
    const table = await this.segmentTable({ ...options, segments: [segmentId], columns: [ID, LAYERS] });
    return [...(textListsOf(table, LAYERS)[0] ?? [])].sort();
  }

  /** A layer of the dataset. Only its methods call the server. */
  layer(name: string): Layer {
    checkNonEmptyText("name", name);
    return {
      name,
      segmentIds: async (options = {}) => {
        const table = await this.segmentTable({ ...options, columns: [ID, LAYERS] });
        const layers = textListsOf(table, LAYERS);
        return textsIn(table, ID)
          .filter((_, row) => layers[row]?.includes(name) === true)
          .sort();
      },
    };
  }

  /**
   * The link that opens a segment in a viewer, at a time and with a selected range.
   *
   * @throws {TypeError} if an argument is wrong
   */
  segmentUrl(segmentId: string, times?: SegmentTimes): string {
    return segmentLink(this.calls.url, this.id, segmentId, times);
  }

  /**
   * A query of the segments: one row for each index value of each segment. Its options are the same as for a query of a
   * file.
   *
   * @throws {TypeError} if an option is wrong
   * @example
   * const table = await dataset.query({ index: "frame", contents: "/robot/**", fillLatestAt: true }).toTable();
   */
  query<const Index extends string | null>(options: CatalogQueryOptions<Index>): CatalogQuery<Index> {
    return new CatalogQuery({ calls: this.calls, id: this.id, name: this.name }, options);
  }

  /**
   * Some of the segments, to be queried.
   *
   * @param segments their ids, or a table with the column `rerun_segment_id`
   * @throws {TypeError} if the argument is wrong
   * @example
   * const selection = dataset.filterSegments(["one", "two"]).filterContents("/arm/**");
   * const table = await selection.query({ index: "frame" }).toTable();
   */
  filterSegments(segments: SegmentChoice): DatasetSelection {
    return new DatasetSelection(this, this.calls).filterSegments(segments);
  }

  /** The entities that match expressions such as `/arm/**`, to be queried. @throws {TypeError} if the argument is wrong */
  filterContents(contents: string | readonly string[]): DatasetSelection {
    return new DatasetSelection(this, this.calls).filterContents(contents);
  }
}

function hasColumn(table: Table, name: string): boolean {
  return table.schema.fields.some((field) => field.name === name);
}

function textsIn(table: Table, name: string): string[] {
  return [...((table.getChild(name) ?? []) as Iterable<unknown>)].map(String);
}
