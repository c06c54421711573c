import type { QueryOptions } from "@rerun-ts/reading";
import type { FlagValues } from "../command/command-table.ts";
import { UsageError } from "../command/usage-error.ts";
import type { QUERY_FLAGS } from "./query-flags.ts";
import { parseTime } from "./rrd-arguments.ts";

type QueryValues = FlagValues<typeof QUERY_FLAGS>;

/** The format of a table. */
export type Format = NonNullable<QueryValues["format"]>;

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
export function givenQuery(values: QueryValues, command: string): GivenQuery {
  const { index, at, from, to, contents, columns, format = "json" } = values;
  if ((index === undefined) !== values.static)
    throw new UsageError(`\`${command}\` requires either \`--index TIMELINE\` or \`--static\``);
  if (index === undefined && (at !== undefined || from !== undefined || to !== undefined))
    throw new UsageError("`--at`, `--from` and `--to` require `--index TIMELINE`");
  const range = { from: from && parseTime("--from", from), to: to && parseTime("--to", to) } as QueryOptions["range"];
  return {
    format,
    options: {
      index: index ?? null,
      contents,
      columns,
      fillLatestAt: values.fill,
      usingIndexValues: at?.map((text) => parseTime("--at", text)),
      range: from === undefined && to === undefined ? undefined : range,
      batchRows: values["batch-rows"] ?? (format === "parquet" ? GROUP_ROWS : undefined),
    },
  };
}
