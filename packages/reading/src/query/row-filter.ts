import { brand, hasBrand, invalidArgument, isDate } from "@rerun-ts/core/checks";
import type { CellOf, CheckedChoices, ColumnChoice } from "./column-choice.ts";

/** Values that have an order. */
export type OrderedValue = number | bigint | string | boolean | Date;

/** Reads the columns of a filter in a row: `true`, `false`, or `null` if the result depends on a missing value. */
type RowTest = (cells: readonly unknown[]) => boolean | null;

/**
 * A condition for the rows of a query, made by {@link col}. The query yields only rows for which it is true. A
 * comparison with a missing value is neither true nor false, and neither is its opposite.
 */
export class RowFilter {
  /** @internal */
  readonly choices: readonly ColumnChoice[];
  /** @internal */
  readonly test: RowTest;

  /** @internal Filters come from `col`. */
  constructor(choices: readonly ColumnChoice[], test: RowTest) {
    this.choices = choices;
    this.test = test;
  }

  /** Rows for which both conditions are true. @throws {TypeError} if the other one is not a condition */
  and(other: RowFilter): RowFilter {
    return this.#with(other, (one, two) => (one === false || two === false ? false : one === null ? null : two));
  }

  /** Rows for which at least one condition is true. @throws {TypeError} if the other one is not a condition */
  or(other: RowFilter): RowFilter {
    return this.#with(other, (one, two) => (one === true || two === true ? true : one === null ? null : two));
  }

  /** Rows for which the condition is false. */
  not(): RowFilter {
    return new RowFilter(this.choices, (cells) => {
      const result = this.test(cells);
      return result === null ? null : !result;
    });
  }

  #with(other: RowFilter, join: (one: boolean | null, two: boolean | null) => boolean | null): RowFilter {
    if (!hasBrand(other, "RowFilter")) throw invalidArgument("other", "a condition of `col`", other);
    const own = this.choices.length;
    const test: RowTest = (cells) => join(this.test(cells), other.test(cells.slice(own)));
    return new RowFilter([...this.choices, ...other.choices], test);
  }
}

brand(RowFilter.prototype, "RowFilter");

/** A column of conditions, made by {@link col}. Values of another type than the column's are compile errors. */
export class FilterColumn<Value> {
  readonly #choice: ColumnChoice;

  /** @internal Columns come from `col`. */
  constructor(choice: ColumnChoice) {
    this.#choice = choice;
  }

  /** Rows with this value. */
  eq(value: Value & OrderedValue): RowFilter {
    return this.#compare(value, (order) => order === 0);
  }

  /** Rows with another value. */
  ne(value: Value & OrderedValue): RowFilter {
    return this.#compare(value, (order) => order !== 0);
  }

  /** Rows with a lesser value. */
  lt(value: Value & OrderedValue): RowFilter {
    return this.#compare(value, (order) => order < 0);
  }

  /** Rows with this value or a lesser one. */
  le(value: Value & OrderedValue): RowFilter {
    return this.#compare(value, (order) => order <= 0);
  }

  /** Rows with a greater value. */
  gt(value: Value & OrderedValue): RowFilter {
    return this.#compare(value, (order) => order > 0);
  }

  /** Rows with this value or a greater one. */
  ge(value: Value & OrderedValue): RowFilter {
    return this.#compare(value, (order) => order >= 0);
  }

  /** Rows without a value. */
  isNull(): RowFilter {
    return new RowFilter([this.#choice], ([cell]) => cell === null);
  }

  /** Rows with a value. */
  isNotNull(): RowFilter {
    return this.isNull().not();
  }

  /**
   * Rows with a value for which a function returns true.
   * @throws {TypeError} if the argument is not a function. A query throws this error if the function does not return a
   * boolean
   */
  matches(test: (value: Value) => boolean): RowFilter {
    if (typeof test !== "function") throw invalidArgument("test", "a function of a value", test);
    return new RowFilter([this.#choice], ([cell]) => {
      if (cell === null) return null;
      const result: unknown = test(cell as Value);
      if (typeof result !== "boolean") throw invalidArgument("test", "a function that returns true or false", result);
      return result;
    });
  }

  #compare(value: unknown, fits: (order: number) => boolean): RowFilter {
    if (!["number", "bigint", "string", "boolean"].includes(typeof value) && !isDate(value))
      throw invalidArgument("value", "a number, a bigint, a string, a boolean or a Date", value);
    if (isDate(value) && Number.isNaN(value.getTime())) throw invalidArgument("value", "a valid Date", value);
    const [timeline, form] = this.#choice as readonly unknown[];
    // Times have nanoseconds, which a Date lacks.
    const isTime = form === Date && isDate(value) && this.#choice.length === 2;
    const other = isTime ? BigInt(value.getTime()) * NANOS_PER_MILLI : plain(value);
    const choice = isTime ? ([timeline, BigInt] as unknown as ColumnChoice) : this.#choice;
    return new RowFilter([choice], ([cell]) => {
      const own = plain(cell);
      // NaN, and values of types without a common order, are neither less nor greater.
      if (own === null) return null;
      return fits(own < other ? -1 : own > other ? 1 : own >= other && own <= other ? 0 : NaN);
    });
  }
}

const NANOS_PER_MILLI = 1_000_000n;

/** Dates compare as their times. */
function plain(value: unknown): number | bigint | string {
  return (isDate(value) ? value.getTime() : value) as number | bigint | string;
}

/**
 * A column for the conditions of a query: an entity with a field and the index of an instance, or a timeline with the
 * form of its times. Without the index of an instance its values are lists, for `matches` and `isNull`.
 *
 * @example
 * const fast = col(["/robot", rr.Scalars.scalars, 0]).gt(1.5);
 * const rows = recording.query({ index: "frame", where: fast.and(col(["frame", Number]).lt(100)) });
 */
export function col<const Choice extends ColumnChoice>(
  column: Choice & CheckedChoices<readonly [Choice]>[0],
): FilterColumn<NonNullable<CellOf<Choice>>> {
  if (!Array.isArray(column))
    throw invalidArgument("column", '["/entity", rr.Scalars.scalars, 0] or ["timeline", Number]', column);
  return new FilterColumn(column);
}
