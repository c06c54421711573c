import type { EntityPathLike, TimeUnit } from "@rerun-ts/core";
import { checkOptions, invalidArgument, nonNegative, type OptionNames } from "@rerun-ts/core/checks";
import type { ArchetypeClass } from "@rerun-ts/reading/chunks";
import type { ParquetCompressors } from "./read-parquet.ts";

/** A column with the times of rows. */
export interface TableIndex {
  /** The name of the column. */
  column: string;
  /** The name of the timeline. Default: that of the column. */
  timeline?: string | undefined;
  /** Its kind. Default: sequences for integers, timestamps for dates and times. Other numbers need it. */
  type?: "sequence" | "duration" | "timestamp" | undefined;
  /** The unit of numbers in durations and timestamps. Default: seconds, or nanoseconds for integers. */
  unit?: TimeUnit | undefined;
}

/** The data of an entity. */
export interface TableEntity {
  /** The archetype, such as `rr.Points3D`. */
  as: ArchetypeClass;
  /**
   * The column of each field, or the columns of its parts, such as `{ positions: ["x", "y", "z"] }`. A row in which one
   * of them is empty has no value. Fields of structs have a path: `{ blob: "image.bytes" }`.
   */
  fields: Readonly<Record<string, string | readonly string[]>>;
}

/** Options of {@link importTable}. */
export interface ImportTableOptions {
  /** The format. Default: that of the first bytes. */
  format?: "csv" | "parquet" | undefined;
  /**
   * The columns with the times of rows, or `null` for a static table. Rows without a time are left out. Default: the
   * number of each row, on the timeline `row_index`.
   */
  index?: string | TableIndex | readonly (string | TableIndex)[] | null | undefined;
  /**
   * The entity of columns that are components by their own names. Default `/`, or with `entities` and without
   * `columnGrouping` none: other columns are left out.
   */
  entityPath?: EntityPathLike | undefined;
  /**
   * Gives columns without an entity one of their own, below `entityPath`. `"individual"`: that of their name.
   * `"prefix"`: columns with the same text before their first `_` become one struct `data` of that entity, as in
   * Rerun's importer. Default: none, all are at `entityPath`.
   */
  columnGrouping?: "individual" | "prefix" | undefined;
  /** Archetypes that are made of columns, by the path of their entity. Default: none. */
  entities?: Readonly<Record<string, TableEntity>> | undefined;
  /** The delimiter of CSV. Default: the most frequent of `,`, `;`, tab and `|` in the first line. */
  delimiter?: string | undefined;
  /**
   * Codecs of Parquet besides Snappy, zstd and LZ4, and gzip and Brotli on Node, such as those of
   * `hyparquet-compressors`. Default: none.
   */
  compressors?: ParquetCompressors | undefined;
  /** The largest number of rows of a chunk, which also ends at about 8 MiB. Default 10,000. */
  batchRows?: number | undefined;
  /** Ends the reading. Default: none. */
  signal?: AbortSignal | undefined;
}

const KNOWN: OptionNames<ImportTableOptions> = {
  format: 1,
  index: 1,
  entityPath: 1,
  columnGrouping: 1,
  entities: 1,
  delimiter: 1,
  compressors: 1,
  batchRows: 1,
  signal: 1,
};

const BATCH_ROWS = 10_000;

/** Options with their defaults. */
export interface CheckedOptions extends ImportTableOptions {
  readonly batchRows: number;
}

/** @throws {TypeError} if an option is wrong */
export function checkTableImport(options: ImportTableOptions): CheckedOptions {
  checkOptions("importTable", options, KNOWN);
  const { format, delimiter, entities, columnGrouping } = options;
  if (format !== undefined && format !== "csv" && format !== "parquet")
    throw invalidArgument("format", '"csv" or "parquet"', format);
  if (columnGrouping !== undefined && columnGrouping !== "individual" && columnGrouping !== "prefix")
    throw invalidArgument("columnGrouping", '"individual" or "prefix"', columnGrouping);
  if (delimiter !== undefined && (typeof delimiter !== "string" || delimiter.length !== 1 || delimiter === '"'))
    throw invalidArgument("delimiter", "one character other than a quote", delimiter);
  if (entities !== undefined && (typeof entities !== "object" || entities === null))
    throw invalidArgument("entities", "an object with a { as, fields } for each entity", entities);
  for (const [path, entity] of Object.entries(entities ?? {})) {
    if (typeof entity !== "object" || entity === null)
      throw invalidArgument(`entities.${path}`, "{ as: an archetype, fields: the columns of its fields }", entity);
    const { as, fields } = entity;
    if (typeof as !== "function")
      throw invalidArgument(`entities.${path}.as`, "the class of an archetype, e.g. rr.Points3D", as);
    if (typeof fields !== "object" || fields === null)
      throw invalidArgument(`entities.${path}.fields`, 'an object of columns, e.g. { scalars: "battery" }', fields);
  }
  const batchRows = nonNegative("batchRows", options.batchRows ?? BATCH_ROWS);
  if (!Number.isInteger(batchRows) || batchRows === 0)
    throw invalidArgument("batchRows", "a positive integer", batchRows);
  return { ...options, batchRows };
}
