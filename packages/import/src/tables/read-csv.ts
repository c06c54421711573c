import { RerunError } from "@rerun-ts/core";
import { invalidArgument } from "@rerun-ts/core/checks";
import type { RandomAccess } from "@rerun-ts/reading/source";
import { csvRows, firstLine, type CsvRow } from "./csv-rows.ts";
import { isFull } from "./batch-size.ts";
import { arrowTypeOf, csvValueOf, withCell, type CsvType } from "./csv-types.ts";
import type { TableBatch, TableFile } from "./table-batch.ts";

const DELIMITERS = [",", ";", "\t", "|"];

export interface ReadCsvOptions {
  readonly delimiter: string | undefined;
  readonly batchRows: number;
  readonly signal: AbortSignal | undefined;
}

/**
 * Opens a CSV file, whose first row has the names of the columns. It is read twice: the types of columns depend on all
 * of their cells.
 *
 * @throws {RerunError} `INVALID_FORMAT` if it has no names, twice the same, or a row with more cells than names
 */
export async function readCsv(access: RandomAccess, options: ReadCsvOptions): Promise<TableFile> {
  const { signal, batchRows } = options;
  const delimiter = options.delimiter ?? guessDelimiter(await firstLine(access, signal));
  if (delimiter.length !== 1 || delimiter === '"')
    throw invalidArgument("delimiter", "one character other than a quote", delimiter);
  let names: readonly string[] | undefined;
  let types: CsvType[] = [];
  for await (const rows of csvRows(access, delimiter, signal)) {
    for (const row of rows) {
      if (names === undefined) {
        names = namesIn(row);
        types = names.map(() => "empty");
        continue;
      }
      if (row.cells.length > names.length)
        throw new RerunError(
          "INVALID_FORMAT",
          `row ${row.number} of the CSV file has ${row.cells.length} cells, but there are ${names.length} columns`,
        );
      for (const [column, cell] of row.cells.entries())
        if (cell !== "") types[column] = withCell(types[column] ?? "text", cell);
    }
  }
  if (names === undefined) throw new RerunError("INVALID_FORMAT", "the CSV file is empty: it has no names of columns");
  return {
    columns: names.map((name, column) => {
      const type = types[column] ?? "text";
      return { name, type: arrowTypeOf(type), isEmpty: type === "empty" };
    }),
    batches: () => batchesOf(access, delimiter, signal, types, batchRows),
  };
}

async function* batchesOf(
  access: RandomAccess,
  delimiter: string,
  signal: AbortSignal | undefined,
  types: readonly CsvType[],
  batchRows: number,
): AsyncGenerator<TableBatch, void, undefined> {
  let texts: string[][] = types.map(() => []);
  let isHeader = true;
  let rows = 0;
  let characters = 0;
  for await (const found of csvRows(access, delimiter, signal)) {
    for (const row of found) {
      if (isHeader) {
        isHeader = false;
        continue;
      }
      for (let column = 0; column < types.length; column++) {
        const text = row.cells[column] ?? "";
        texts[column]?.push(text);
        characters += text.length;
      }
      if (++rows < batchRows && !isFull(characters)) continue;
      yield batchOf(texts, types, rows);
      texts = types.map(() => []);
      rows = 0;
      characters = 0;
    }
  }
  if (rows > 0) yield batchOf(texts, types, rows);
}

function batchOf(texts: readonly (readonly string[])[], types: readonly CsvType[], rows: number): TableBatch {
  const cells = types.map((type, column) => texts[column]?.map((text) => csvValueOf(type, text)) ?? []);
  return { rows, cells, texts };
}

/** The delimiter that is most often in the first line. */
function guessDelimiter(line: string): string {
  const counts = DELIMITERS.map((delimiter) => line.split(delimiter).length);
  return DELIMITERS[counts.indexOf(Math.max(...counts))] ?? ",";
}

function namesIn({ cells }: CsvRow): readonly string[] {
  // Some programs omit the name of the first column, which has row numbers.
  const names = cells.map((cell, column) => cell.trim() || `column_${column}`);
  const seen = new Set<string>();
  for (const name of names) {
    if (seen.has(name))
      throw new RerunError("INVALID_FORMAT", `the CSV file has two columns with the name ${JSON.stringify(name)}`);
    seen.add(name);
  }
  return names;
}
