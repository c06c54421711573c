import type { Flags } from "../command/command-table.ts";

/** The flags of a query, of a file or of a catalog. */
export const QUERY_FLAGS = {
  index: { kind: "text", value: "TIMELINE", option: "index", help: "Show a row for each value of this timeline" },
  static: { kind: "switch", help: "Show one row with the static values, in place of --index" },
  contents: {
    kind: "text",
    value: "EXPRESSION",
    repeated: true,
    option: "contents",
    help: "Show entities: /a, /a/**, -/a",
  },
  columns: { kind: "text", value: "NAME", repeated: true, option: "columns", help: "Show only this column" },
  at: {
    kind: "text",
    value: "VALUE",
    repeated: true,
    option: "usingIndexValues",
    help: "Show a row at this index value",
  },
  from: { kind: "text", value: "VALUE", option: "range.from", help: "Show only rows from this index value on" },
  to: { kind: "text", value: "VALUE", option: "range.to", help: "Show only rows up to this index value, inclusive" },
  fill: { kind: "switch", help: "Replace nulls by the latest value before them" },
  "batch-rows": {
    kind: "integer",
    value: "COUNT",
    option: "batchRows",
    help: "The rows of a batch of Arrow, or of a row group of Parquet",
  },
  format: {
    kind: "choice",
    choices: ["json", "csv", "arrow", "parquet"],
    default: "json",
    help: "Write one object a line, a table, an Arrow IPC stream, or a Parquet file",
  },
  output: { kind: "text", short: "o", value: "FILE", default: "standard output", help: "Write to a file" },
} as const satisfies Flags;

/** The form of index values. */
export const TIMES_NOTE =
  "Times are integers, in nanoseconds for timelines of time; dates such as 2026-01-31T12:00:00Z for timestamps.";
