import type { Table } from "apache-arrow";
import type { CatalogCallOptions } from "./catalog-calls.ts";

/** A table of a catalog, such as a `TableEntry`. */
export interface ReadableTable {
  /** Reads all rows. */
  toTable(options?: CatalogCallOptions): Promise<Table>;
}

export interface SegmentTableOptions extends CatalogCallOptions {
  /** The ids of the segments. Default: all. */
  segments?: string | readonly string[] | undefined;
  /** The names of the columns. Default: all. */
  columns?: readonly string[] | undefined;
  /** A table whose columns are added, null for segments without a row of it. Default: none. */
  joinMeta?: ReadableTable | Table | undefined;
  /** The column that both tables have. Default `"rerun_segment_id"`. */
  joinKey?: string | undefined;
}
