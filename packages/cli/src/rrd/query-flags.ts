import { integerOf, UsageError } from "../command/arguments.ts";
import { parseTime, type Flags, type RrdArguments } from "./rrd-arguments.ts";
import type { QueryOptions } from "@rerun-ts/reading";

/** The flags of a query, of a file or of a catalog. */
export const QUERY_FLAGS: Flags = {
  index: { type: "string" },
  static: { type: "boolean" },
  contents: { type: "string", multiple: true },
  columns: { type: "string", multiple: true },
  fill: { type: "boolean" },
  at: { type: "string", multiple: true },
  from: { type: "string" },
  to: { type: "string" },
  "batch-rows": { type: "string" },
  format: { type: "string" },
  output: { type: "string", short: "o" },
};

const FORMATS = ["json", "csv", "arrow", "parquet"] as const;
/** The format of a table. */
export type Format = (typeof FORMATS)[number];

/** The rows of a row group of Parquet. */
const GROUP_ROWS = 50_000;

/** A query of the command line. */
export interface GivenQuery {
  readonly format: Format;
  readonly options: Pick<QueryOptions, "index" | "contents" | "columns" | "fillLatestAt" | "range" | "batchRows"> & {
    readonly usingIndexValues: readonly (bigint | Date)[] | undefined;
  };
}

/** Reads the flags of a query. @throws {UsageError} if one is wrong */
export function givenQuery(given: Pick<RrdArguments, "text" | "texts" | "has">, command: string): GivenQuery {
  const format = (given.text("format") ?? "json") as Format;
  if (!FORMATS.includes(format))
    throw new UsageError(`\`--format\` must be one of ${FORMATS.join(", ")}, got ${JSON.stringify(format)}`);
  const index = given.text("index");
  if ((index === undefined) !== given.has("static"))
    throw new UsageError(`\`${command}\` requires either \`--index TIMELINE\` or \`--static\``);
  const [at, from, to] = [repeated(given, "at"), given.text("from"), given.text("to")];
  if (index === undefined && (at !== undefined || from !== undefined || to !== undefined))
    throw new UsageError("`--at`, `--from` and `--to` require `--index TIMELINE`");
  const range = { from: from && parseTime("--from", from), to: to && parseTime("--to", to) } as QueryOptions["range"];
  return {
    format,
    options: {
      index: index ?? null,
      contents: repeated(given, "contents"),
      columns: repeated(given, "columns"),
      fillLatestAt: given.has("fill"),
      usingIndexValues: at?.map((text) => parseTime("--at", text)),
      range: from === undefined && to === undefined ? undefined : range,
      batchRows: integerOf("--batch-rows", given.text("batch-rows")) ?? (format === "parquet" ? GROUP_ROWS : undefined),
    },
  };
}

/** The values of a flag, or `undefined` if the flag is absent. */
export function repeated(given: Pick<RrdArguments, "texts">, flag: string): readonly string[] | undefined {
  const values = given.texts(flag);
  return values.length > 0 ? values : undefined;
}
