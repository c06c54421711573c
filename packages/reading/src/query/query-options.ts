import type { TimeValue } from "@rerun-ts/core";
import {
  checkOptions,
  describeValue,
  type OptionNames,
  invalidArgument,
  argumentError,
  isBigInt64Array,
  isError,
} from "@rerun-ts/core/checks";
import { resolveTimeValue, toBigInt, type TimeCell } from "@rerun-ts/core/encode";
import { DataType } from "apache-arrow";
import type { ReadOptions } from "../source/random-access.ts";
import type { IndexColumn } from "../store/chunk-info.ts";
import type { StoreIndex } from "../store/store-index.ts";
import type { RowFilter } from "./row-filter.ts";
import { compareTimes, FIRST_TIME, LAST_TIME, wordsOf } from "../store/compare-times.ts";

/** The rows and columns that a query returns. */
export interface QueryOptions<Index extends string | null = string | null> extends ReadOptions {
  /** The timeline whose values are the rows. `null` for one row of the static components. */
  index: Index;
  /**
   * The entities: `"/a"` is one entity, `"/a/**"` includes all entities below it, and a leading `-` excludes. The most
   * specific expression decides. At least one entity of a file must match. Default: all except the recording's
   * properties.
   */
  contents?: string | readonly string[] | undefined;
  /** The names of the components' columns, e.g. `/a:Scalars:scalars`. Default: all of `contents`. */
  columns?: readonly string[] | undefined;
  /** The range of rows, both ends inclusive. Default: all. */
  range?: { readonly from?: TimeValue | undefined; readonly to?: TimeValue | undefined } | undefined;
  /**
   * The index values of the rows, in place of the logged ones. A bigint is in the unit of the timeline. They must be
   * distinct. Default: none.
   */
  usingIndexValues?: readonly TimeValue[] | BigInt64Array | undefined;
  /** Whether the latest earlier value replaces a null. Default `false`. */
  fillLatestAt?: boolean | undefined;
  /** Whether columns without an instance in any row are kept. Default `false`. */
  includeSemanticallyEmptyColumns?: boolean | undefined;
  /** Whether columns that mark cleared components are kept. Default `false`. */
  includeTombstoneColumns?: boolean | undefined;
  /**
   * Whether `fillLatestAt` fills with the value from before a clear. Rerun 0.41's own query engine does so. By default
   * a cleared value stays null, as in the viewer.
   */
  fillAcrossClears?: boolean | undefined;
  /**
   * The policy for a component with several Arrow types: reject with `INVALID_FORMAT`, or leave out values of all types
   * but the first. Default `"error"`.
   */
  typeConflicts?: "error" | "skip" | undefined;
  /**
   * A condition for the rows, made with `col`. Its columns need not be among those of the query, and also contribute
   * rows. Default: all rows.
   */
  where?: RowFilter | undefined;
  /** The largest number of rows of a batch. Default 2048. */
  batchRows?: number | undefined;
}

/** The options of all queries. */
export const QUERY_OPTIONS: OptionNames<QueryOptions> = {
  index: 1,
  contents: 1,
  columns: 1,
  range: 1,
  usingIndexValues: 1,
  fillLatestAt: "boolean",
  includeSemanticallyEmptyColumns: "boolean",
  includeTombstoneColumns: "boolean",
  fillAcrossClears: "boolean",
  typeConflicts: 1,
  where: 1,
  batchRows: 1,
  signal: 1,
};

/** The queried thing, for messages. */
export type QueriedKind = "recording" | "dataset";

/** The rows that a query asks for. */
export interface RowSelection {
  /** The timeline. `undefined` for static components only. */
  readonly index: IndexColumn | undefined;
  /** The index values, in order. `undefined` for those of the data. */
  readonly values: BigInt64Array | undefined;
  /** The first and the last row. */
  readonly from: bigint;
  readonly to: bigint;
}

/**
 * Checks the options of a query as far as they do not depend on the data.
 * @throws {TypeError} if one is wrong or unknown
 */
export function checkQueryOptions<Options extends Pick<QueryOptions, "batchRows" | "typeConflicts" | "where">>(
  call: string,
  options: Options,
  known: OptionNames<Options>,
): void {
  if (typeof options !== "object" || (options as unknown) === null)
    throw invalidArgument("options", "an object with an `index`", options);
  checkOptions(call, options, known);
  const { batchRows = 1, typeConflicts = "error", where } = options;
  // Checked by its method instead of its class, so that queries without a condition need not load the class.
  if (where !== undefined && typeof (where as Partial<RowFilter> | null)?.test !== "function")
    throw invalidArgument("where", "a condition of `col`", where);
  if (!Number.isInteger(batchRows) || batchRows < 1)
    throw invalidArgument("batchRows", "a positive integer", batchRows);
  if (typeConflicts !== "error" && typeConflicts !== "skip")
    throw invalidArgument("typeConflicts", '"error" or "skip"', typeConflicts);
}

/**
 * Resolves the rows of a query whose options are checked. Returns `undefined` if a live recording lacks the timeline.
 * @throws {TypeError} if the index, or an option for its values, is wrong
 */
export function resolveSelection(
  store: StoreIndex,
  options: QueryOptions,
  isLive: boolean,
  what: QueriedKind = "recording",
): RowSelection | undefined {
  const index = findIndex(store, options.index, isLive, what);
  if (index === undefined && options.index !== null) return undefined;
  const { range, usingIndexValues } = options;
  if (index === undefined) {
    if (range !== undefined || usingIndexValues !== undefined)
      throw argumentError("index", "`range` and `usingIndexValues` need an `index`, but that is null");
    return { index, values: undefined, from: FIRST_TIME, to: LAST_TIME };
  }
  return {
    index,
    values: usingIndexValues === undefined ? undefined : resolveValues(usingIndexValues, index),
    ...resolveRange(range, index),
  };
}

function resolveRange(range: QueryOptions["range"], index: IndexColumn): Pick<RowSelection, "from" | "to"> {
  const isRange = range === undefined || (typeof range === "object" && range !== null && !Array.isArray(range));
  if (!isRange || Object.keys(range ?? {}).some((key) => key !== "from" && key !== "to"))
    throw invalidArgument("range", "an object with `from`, `to` or both", range);
  const { from, to } = range ?? {};
  return {
    from: from === undefined ? FIRST_TIME : resolveTime("range.from", from, index),
    to: to === undefined ? LAST_TIME : resolveTime("range.to", to, index),
  };
}

function findIndex(
  store: StoreIndex,
  name: string | null,
  isLive: boolean,
  what: QueriedKind,
): IndexColumn | undefined {
  if (name === null) return undefined;
  const found = store.timelines.find((timeline) => timeline.name === name);
  if (found !== undefined || (isLive && typeof name === "string")) return found;
  const names = store.timelines.map((timeline) => JSON.stringify(timeline.name));
  if (names.length === 0)
    throw argumentError("index", `\`index\` cannot be ${describeValue(name)}: the ${what} has no timeline`);
  if (typeof name !== "string")
    throw invalidArgument("index", `a timeline of the ${what} (${names.join(", ")}) or null`, name);
  throw argumentError(
    "index",
    `\`index\` cannot be ${describeValue(name)}: the timelines of the ${what} are ${names.join(", ")}`,
  );
}

function resolveValues(values: readonly TimeValue[] | BigInt64Array, index: IndexColumn): BigInt64Array {
  if (!Array.isArray(values) && !isBigInt64Array(values))
    throw invalidArgument("usingIndexValues", "an array of times", values);
  // The times of an array of 64-bit integers are in the unit of the timeline.
  const times = isBigInt64Array(values)
    ? values.slice()
    : BigInt64Array.from(values, (value) => resolveTime("usingIndexValues", value, index));
  const words = wordsOf(times);
  const isRising = (): boolean => {
    for (let at = 1; at < times.length; at++) if (compareTimes(words, at - 1, words, at) >= 0) return false;
    return true;
  };
  if (isRising()) return times;
  times.sort();
  for (let at = 1; at < times.length; at++) {
    if (times[at] === times[at - 1])
      throw argumentError("usingIndexValues", `\`usingIndexValues\` must be distinct, got ${times[at]} more than once`);
  }
  return times;
}

/**
 * A time that a user passed, in the unit of a timeline.
 * @throws {TypeError} if the value is not a time of this timeline
 */
export function resolveTime(name: string, value: TimeValue, { name: timeline, type }: IndexColumn): bigint {
  if (typeof value === "bigint") {
    if (value >= FIRST_TIME && value <= LAST_TIME) return value;
    throw invalidArgument(name, "in the range of 64-bit integers", value);
  }
  const kind = DataType.isTimestamp(type) ? "timestamp" : DataType.isDuration(type) ? "duration" : "sequence";
  const cell: TimeCell = { kind, lo: 0, hi: 0 };
  try {
    resolveTimeValue(value, cell);
  } catch (error) {
    throw argumentError(name, `\`${name}\` ${isError(error) ? error.message : String(error)}`, {
      cause: error,
    });
  }
  if (cell.kind !== kind) {
    const hint = typeof value === "number" ? ` (seconds? pass \`{ ${kind}: ${value} }\`)` : "";
    throw argumentError(
      name,
      `\`${name}\` must be a ${kind}, as the timeline ${timeline}, got ${describeValue(value)}${hint}`,
    );
  }
  return toBigInt(cell);
}
