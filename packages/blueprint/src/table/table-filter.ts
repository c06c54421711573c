import { argumentError, invalidArgument, brand, hasBrand, isDate, throughProxies } from "@rerun-ts/core/checks";

/** A condition for the rows of a table, made by {@link col}. The viewer shows it as an editable SQL filter. */
export class TableFilter {
  /** The condition, in the generic dialect of DataFusion. */
  readonly sql: string;

  /** @internal Filters come from `col`. */
  constructor(sql: string) {
    throughProxies(this);
    this.sql = sql;
  }

  /** The SQL. */
  toString(): string {
    return this.sql;
  }
}

brand(TableFilter.prototype, "TableFilter");

/** Whether a value is a {@link TableFilter}, of any copy of this package. */
export function isTableFilter(value: unknown): value is TableFilter {
  return hasBrand(value, "TableFilter");
}

/** The SQL of a condition on one value. */
type Condition = (value: string) => string;

const DAY = "date_trunc('day', now())";
const WEEK = "date_trunc('week', now())";
/** The name of a value of a list. */
const ITEM = "x";

/** A column of a table, for conditions. The opposites are also true for missing values. Times are `Date`s. */
export class TableColumnFilters {
  readonly #name: string;
  readonly #isList: boolean;

  /** @internal Columns come from `col`. */
  constructor(name: string, isList: boolean) {
    throughProxies(this);
    this.#name = name;
    this.#isList = isList;
  }

  /** The number is `value`. @throws {TypeError} if that is not a number, as in all comparisons with numbers */
  eq(value: number | bigint): TableFilter {
    return this.#compare("=", numberSql(value));
  }

  /** The number is not `value`. */
  ne(value: number | bigint): TableFilter {
    return negated(this.eq(value));
  }

  /** The number is less than `value`. */
  lt(value: number | bigint): TableFilter {
    return this.#compare("<", numberSql(value));
  }

  /** The number is at most `value`. */
  le(value: number | bigint): TableFilter {
    return this.#compare("<=", numberSql(value));
  }

  /** The number is greater than `value`. */
  gt(value: number | bigint): TableFilter {
    return this.#compare(">", numberSql(value));
  }

  /** The number is at least `value`. */
  ge(value: number | bigint): TableFilter {
    return this.#compare(">=", numberSql(value));
  }

  /** The value is true. */
  isTrue(): TableFilter {
    return this.#compare("=", "true");
  }

  /** The value is false. */
  isFalse(): TableFilter {
    return this.#compare("=", "false");
  }

  /** The value is false or missing. */
  isNotTrue(): TableFilter {
    return negated(this.isTrue());
  }

  /** The value is true or missing. */
  isNotFalse(): TableFilter {
    return negated(this.isFalse());
  }

  /** The value is missing. A list is missing or empty, or has a null. */
  isNull(): TableFilter {
    const isNull = this.#where((value) => `${value} IS NULL`);
    if (!this.#isList) return isNull;
    const isEmpty = `NOT ${this.#where(() => "true").sql}`;
    return new TableFilter(`${quoteName(this.#name)} IS NULL OR ${isEmpty} OR ${isNull.sql}`);
  }

  /** The value is not missing. */
  isNotNull(): TableFilter {
    return negated(this.isNull());
  }

  /** The time is before `time`. @throws {TypeError} if that is not a `Date`, as in all comparisons with times */
  before(time: Date): TableFilter {
    return this.#compare("<", timeSql("time", time));
  }

  /** The time is `time` or after it. */
  after(time: Date): TableFilter {
    return this.#compare(">=", timeSql("time", time));
  }

  /** The time is `start` or after it, and before `end`. */
  between(start: Date, end: Date): TableFilter {
    return this.#range(timeSql("start", start), timeSql("end", end));
  }

  /** The time is not in this range. */
  notBetween(start: Date, end: Date): TableFilter {
    return negated(this.between(start, end));
  }

  /** The time is today, in the time zone of the viewer. */
  today(): TableFilter {
    return this.#range(DAY, `${DAY} + INTERVAL '1 day'`);
  }

  /** The time is not today. */
  notToday(): TableFilter {
    return negated(this.today());
  }

  /** The time is yesterday, in the time zone of the viewer. */
  yesterday(): TableFilter {
    return this.#range(`${DAY} - INTERVAL '1 day'`, DAY);
  }

  /** The time is not yesterday. */
  notYesterday(): TableFilter {
    return negated(this.yesterday());
  }

  /** The time is in the last 24 hours. */
  last24Hours(): TableFilter {
    return this.#range("now() - INTERVAL '24 hours'", "now()");
  }

  /** The time is not in the last 24 hours. */
  notLast24Hours(): TableFilter {
    return negated(this.last24Hours());
  }

  /** The time is in this week, in the time zone of the viewer. */
  thisWeek(): TableFilter {
    return this.#range(WEEK, `${WEEK} + INTERVAL '7 days'`);
  }

  /** The time is not in this week. */
  notThisWeek(): TableFilter {
    return negated(this.thisWeek());
  }

  /** The time is in the last week, in the time zone of the viewer. */
  lastWeek(): TableFilter {
    return this.#range(`${WEEK} - INTERVAL '7 days'`, WEEK);
  }

  /** The time is not in the last week. */
  notLastWeek(): TableFilter {
    return negated(this.lastWeek());
  }

  /** The text contains `text`, in any case of letters. @throws {TypeError} if that is not a non-empty string */
  contains(text: string): TableFilter {
    return this.#like(text, "%", "%");
  }

  /** The text does not contain `text`, in any case of letters. */
  doesNotContain(text: string): TableFilter {
    return negated(this.contains(text));
  }

  /** The text starts with `text`, in any case of letters. */
  startsWith(text: string): TableFilter {
    return this.#like(text, "", "%");
  }

  /** The text ends with `text`, in any case of letters. */
  endsWith(text: string): TableFilter {
    return this.#like(text, "%", "");
  }

  #where(condition: Condition): TableFilter {
    const name = quoteName(this.#name);
    return new TableFilter(this.#isList ? `any_match(${name}, ${ITEM} -> ${condition(ITEM)})` : condition(name));
  }

  #compare(operator: string, other: string): TableFilter {
    return this.#where((value) => `${value} ${operator} ${other}`);
  }

  #range(low: string, high: string): TableFilter {
    return this.#where((value) => `${value} >= ${low} AND ${value} < ${high}`);
  }

  #like(text: string, before: string, after: string): TableFilter {
    if (typeof text !== "string" || text === "") throw invalidArgument("text", "a non-empty string", text);
    const escaped = text.replace(/[%_\\]/g, String.raw`\$&`);
    const escape = escaped === text ? "" : ` ESCAPE ${quoteText("\\")}`;
    return this.#where((value) => `${value} ILIKE ${quoteText(before + escaped + after)}${escape}`);
  }
}

/** A column of a table: its values, or with `list` the values of its lists. */
export class TableFilterColumn extends TableColumnFilters {
  /**
   * The values of lists. A condition is true if it holds for one value, and a negated condition if it holds for all
   * values.
   */
  readonly list: TableColumnFilters;

  /** @internal Columns come from `col`. */
  constructor(name: string) {
    super(name, false);
    this.list = new TableColumnFilters(name, true);
  }
}

/**
 * A column of a table, for the filters of a `TableBlueprint`. Its name is the one in the data.
 *
 * @throws {TypeError} if the name is not a non-empty string
 * @example
 * const { col, TableBlueprint } = rrb.table;
 * const filters = [col("score").ge(3), col("task").contains("pick"), col("tags").list.doesNotContain("a")];
 * const table = new TableBlueprint({ filters });
 */
export function col(name: string): TableFilterColumn {
  if (typeof name !== "string" || name === "") throw invalidArgument("name", "a non-empty string", name);
  return new TableFilterColumn(name);
}

/** The negated condition, which is also true for missing values, as in the viewer. */
function negated({ sql }: TableFilter): TableFilter {
  return new TableFilter(`(${sql}) IS NOT TRUE`);
}

function numberSql(value: number | bigint): string {
  if (typeof value !== "number" && typeof value !== "bigint")
    throw argumentError("value", "`value` must be a number; other columns have `isTrue`, `before` and `contains`");
  if (typeof value === "bigint" || Number.isFinite(value)) return String(value);
  // SQL has no literals for NaN and infinities.
  return `CAST(${quoteText(Number.isNaN(value) ? "NaN" : value > 0 ? "inf" : "-inf")} AS DOUBLE)`;
}

function timeSql(argument: string, time: Date): string {
  if (!isDate(time) || Number.isNaN(time.getTime())) throw invalidArgument(argument, "a valid Date", time);
  const [seconds = "", millis = ""] = time.toISOString().slice(0, -1).split(".");
  return `TIMESTAMPTZ ${quoteText(`${seconds}${millis === "000" ? "" : `.${millis}000`}Z`)}`;
}

function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

function quoteText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
