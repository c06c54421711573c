import type { ComparedChunk, ComparedColumn } from "./compared-chunk.ts";
import { difference, timesText, valueText, type ReportDifference } from "./recording-difference.ts";
import { RowCursor, type ComparedRow } from "./row-cursor.ts";
import { getOrAdd } from "@rerun-ts/core/util";

/** A value of a component. */
interface Cell {
  readonly column: ComparedColumn;
  readonly row: number;
}

/** The chunks of the entity. */
type ComparedChunks = AsyncIterator<ComparedChunk, void>;

/** A row whose components are in one chunk or in several. */
type JoinedRow = readonly [ComparedRow, ...ComparedRow[]];

/** Rows that fit to each other, and the others. */
interface Pairing<Row> {
  readonly pairs: readonly (readonly [Row, Row])[];
  readonly actual: readonly Row[];
  readonly expected: readonly Row[];
}

/** Compares the rows of one entity in two recordings. */
export class EntityComparison {
  readonly #entityPath: string;
  readonly #tolerance: number;
  readonly #report: ReportDifference;

  constructor(entityPath: string, tolerance: number, report: ReportDifference) {
    this.#entityPath = entityPath;
    this.#tolerance = tolerance;
    this.#report = report;
  }

  /**
   * Compares rows in their order while they fit, because that needs one chunk of each recording at a time. The rest is
   * paired by ids, times and components. Resolves to the number of rows of the first recording, or to `undefined` if
   * rows that may have the same times are not in the order of their ids: {@link compareAll} pairs these.
   */
  async compareInOrder(actual: ComparedChunks, expected: ComparedChunks): Promise<number | undefined> {
    const [first, second] = [new RowCursor(actual), new RowCursor(expected)];
    let [a, b] = [await first.next(), await second.next()];
    while (a !== undefined && b !== undefined && a.chunk.rowKey(a.row) === b.chunk.rowKey(b.row)) {
      // Rows with the same id are the same row, wherever it is.
      const isSure = (first.isInOrder && second.isInOrder) || a.chunk.rowId(a.row) === b.chunk.rowId(b.row);
      if (!isSure) return undefined;
      this.#compareRows(a, b);
      a = first.nextInChunk() ?? (await first.next());
      b = second.nextInChunk() ?? (await second.next());
    }
    const [rest, otherRest] = [await first.rest(a), await second.rest(b)];
    if (!rest.isInOrder || !otherRest.isInOrder) return undefined;
    return this.#compareRest(first, rest.rows, second, otherRest.rows);
  }

  /** Compares rows in any order, with all of them in memory. Resolves to the number of rows of the first recording. */
  async compareAll(actual: ComparedChunks, expected: ComparedChunks): Promise<number> {
    const [first, second] = [new RowCursor(actual), new RowCursor(expected)];
    const [all, others] = [await first.rest(await first.next()), await second.rest(await second.next())];
    return this.#compareRest(first, all.rows, second, others.rows);
  }

  #compareRest(
    first: RowCursor,
    rows: readonly ComparedRow[],
    second: RowCursor,
    others: readonly ComparedRow[],
  ): number {
    this.#compareUnordered(rows, others);
    this.#compareCells({}, latestCells(first.staticChunks), latestCells(second.staticChunks));
    return first.numRows;
  }

  #compareUnordered(actual: readonly ComparedRow[], expected: readonly ComparedRow[]): void {
    // Only rows of one recording and of its copies have the same ids.
    const same = pairRows(joinRows(actual), joinRows(expected), idKeyOf);
    const alike = pairRows(same.actual, same.expected, joinedKeyOf);
    // Rows that remain may have other components at the same time.
    const simultaneous = pairRows(alike.actual, alike.expected, timeKeyOf);
    for (const [a, b] of [...same.pairs, ...alike.pairs, ...simultaneous.pairs]) this.#compareJoined(a, b);
    for (const row of simultaneous.actual) this.#reportRow("unexpected", row);
    for (const row of simultaneous.expected) this.#reportRow("missing", row);
  }

  #compareJoined(a: JoinedRow, b: JoinedRow): void {
    const [[first, ...others], [other, ...otherOthers]] = [a, b];
    if (others.length + otherOthers.length === 0) this.#compareRows(first, other);
    else this.#compareCells(first.chunk.timesOf(first.row), cellsOfAll(a), cellsOfAll(b));
  }

  #compareRows(a: ComparedRow, b: ComparedRow): void {
    // Compares without maps of the cells, which are only needed for differences.
    const { columns } = a.chunk;
    const isEqual =
      columns.length === b.chunk.columns.length &&
      columns.every((column) => this.#isEqual({ column, row: a.row }, cellOf(b, column.name)));
    if (!isEqual) this.#compareCells(a.chunk.timesOf(a.row), cellsOf(a), cellsOf(b));
  }

  #compareCells(
    times: Readonly<Record<string, bigint>>,
    actual: ReadonlyMap<string, Cell>,
    expected: ReadonlyMap<string, Cell>,
  ): void {
    for (const component of new Set([...actual.keys(), ...expected.keys()])) {
      const [a, b] = [actual.get(component), expected.get(component)];
      if (this.#isEqual(a, b)) continue;
      const [is, must] = [a?.column.read(a.row), b?.column.read(b.row)];
      const place = `${this.#entityPath}${timesText(times)}: \`${component}\``;
      this.#report(
        difference(`${place} is ${valueText(is)}, expected ${valueText(must)}`, {
          entityPath: this.#entityPath,
          times,
          component,
          actual: is,
          expected: must,
        }),
      );
    }
  }

  #isEqual(a: Cell | undefined, b: Cell | undefined): boolean {
    if (a === undefined || b === undefined) return a === b;
    return a.column.comparerWith(b.column, this.#tolerance)(a.row, b.row);
  }

  #reportRow(what: "missing" | "unexpected", parts: JoinedRow): void {
    const [row] = parts;
    const times = row.chunk.timesOf(row.row);
    const components = [...cellsOfAll(parts).keys()].join(", ");
    const reason = `${this.#entityPath}${timesText(times)}: the row of ${components} is ${what}`;
    this.#report(difference(reason, { entityPath: this.#entityPath, times }));
  }
}

function cellOf({ chunk, row }: ComparedRow, component: string): Cell | undefined {
  const column = chunk.column(component);
  return column === undefined ? undefined : { column, row };
}

/** The values of a row by component. */
function cellsOf({ chunk, row }: ComparedRow): ReadonlyMap<string, Cell> {
  return new Map(chunk.columns.filter((column) => column.has(row)).map((column) => [column.name, { column, row }]));
}

/** The static values that no later row replaces. */
function latestCells(chunks: readonly ComparedChunk[]): ReadonlyMap<string, Cell> {
  const rows = chunks.flatMap((chunk) => Array.from({ length: chunk.numRows }, (_, row) => ({ chunk, row })));
  return new Map(sortById(rows).flatMap((row) => [...cellsOf(row)]));
}

/** The values of a row by component, whose parts may be in several chunks. */
function cellsOfAll(parts: JoinedRow): ReadonlyMap<string, Cell> {
  return new Map(parts.flatMap((row) => [...cellsOf(row)]));
}

function timeKeyOf([first]: JoinedRow): string {
  return first.chunk.timeKey(first.row);
}

/** Text that is the same for rows with the same id and times. */
function idKeyOf(parts: JoinedRow): string {
  const [{ chunk, row }] = parts;
  return `${chunk.rowId(row)}${timeKeyOf(parts)}`;
}

/** Text that is the same for rows with the same times, and with values of the same components. */
function joinedKeyOf(parts: JoinedRow): string {
  const [first, ...others] = parts;
  if (others.length === 0) return first.chunk.rowKey(first.row);
  const names = [...cellsOfAll(parts).keys()].sort();
  return [timeKeyOf(parts), ...names.map((name) => `${name}\0`)].join("");
}

/**
 * Joins rows with the same id and times, because `rerun rrd optimize` moves large components to separate chunks. Leaves
 * out parts and rows without values, which no query shows.
 */
function joinRows(rows: readonly ComparedRow[]): readonly JoinedRow[] {
  const joined: [ComparedRow, ...ComparedRow[]][] = [];
  for (const row of sortById(rows.filter(({ chunk, row: at }) => chunk.hasValues(at)))) {
    const last = joined.at(-1);
    if (last !== undefined && areOneRow(last, row)) last.push(row);
    else joined.push([row]);
  }
  return joined;
}

/** Whether a row is a further part of another one. A component that both have makes them two rows. */
function areOneRow(parts: JoinedRow, row: ComparedRow): boolean {
  const [{ chunk, row: at }] = parts;
  if (chunk.rowId(at) !== row.chunk.rowId(row.row) || timeKeyOf(parts) !== row.chunk.timeKey(row.row)) return false;
  const cells = cellsOfAll(parts);
  return [...cellsOf(row).keys()].every((name) => !cells.has(name));
}

/** Pairs rows that have the same key, in their order. */
function pairRows<Row>(actual: readonly Row[], expected: readonly Row[], keyOf: (row: Row) => string): Pairing<Row> {
  const groups = new Map<string, { readonly rows: Row[]; paired: number }>();
  for (const row of expected) getOrAdd(groups, keyOf(row), () => ({ rows: [], paired: 0 })).rows.push(row);
  const pairs: [Row, Row][] = [];
  const left: Row[] = [];
  for (const row of actual) {
    const group = groups.get(keyOf(row));
    const other = group?.rows[group.paired];
    if (group === undefined || other === undefined) {
      left.push(row);
    } else {
      group.paired++;
      pairs.push([row, other]);
    }
  }
  return { pairs, actual: left, expected: [...groups.values()].flatMap(({ rows, paired }) => rows.slice(paired)) };
}

function sortById(rows: readonly ComparedRow[]): ComparedRow[] {
  const ids = rows.map((row) => ({ row, id: row.chunk.rowId(row.row) }));
  return ids.sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0)).map(({ row }) => row);
}
