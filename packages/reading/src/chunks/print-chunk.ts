import { checkOptions, invalidArgument } from "@rerun-ts/core/checks";
import { typeText } from "../arrays/layout.ts";
import { cellReader } from "../values/plain-values.ts";
import type { ChunkData } from "../store/chunk-data.ts";
import { plainJson } from "../values/json-text.ts";

/** Options of {@link Chunk.print}. */
export interface PrintChunkOptions {
  /** The largest number of rows. The first ones are printed. Default 20. */
  maxRows?: number | undefined;
  /** The largest number of characters of a cell. Default 48. */
  maxCellWidth?: number | undefined;
  /** Whether ids are left out, which differ in each run: for tests that compare the text. Default `false`. */
  redact?: boolean | undefined;
  /** Whether each column becomes a line, with its rows side by side. Default `false`. */
  transposed?: boolean | undefined;
}

/** A chunk as a table for people: a line about it, the names and types of its columns, and its rows. */
export function printChunk(chunk: ChunkData, options: PrintChunkOptions = {}): string {
  checkOptions("print", options, { maxRows: 1, maxCellWidth: 1, redact: "boolean", transposed: "boolean" });
  const { maxRows = 20, maxCellWidth = 48, redact = false, transposed = false } = options;
  for (const [name, value] of Object.entries({ maxRows, maxCellWidth }))
    if (!(Number.isInteger(value) && value > 0)) throw invalidArgument(name, "a positive integer", value);
  const { timelines, components } = chunk.layout;
  const rows = Math.min(chunk.rows, maxRows);
  const columns = [
    ...(redact ? [] : [{ name: "row id", type: "", cell: (row: number) => hex(chunk.rowId(row)) }]),
    ...timelines.map((column) => {
      const times = chunk.times(column);
      return { name: column.name, type: typeText(column.field.type), cell: (row: number) => String(times[row]) };
    }),
    ...components.map((column) => {
      const read = cellReader(chunk.values(column));
      const cell = (row: number): string => plainJson(read(row));
      return { name: column.name, type: typeText(column.field.type), cell };
    }),
  ];
  const cells = [columns.map(({ name }) => name), columns.map(({ type }) => type)];
  for (let row = 0; row < rows; row++) cells.push(columns.map(({ cell }) => shorten(cell(row), maxCellWidth)));
  const lines = transposed ? columns.map((_, index) => cells.map((line) => line[index] as string)) : cells;
  const widths = (lines[0] ?? []).map((_, index) => Math.max(...lines.map((line) => (line[index] as string).length)));
  const table = lines.map((line) =>
    line
      .map((text, index) => text.padEnd(widths[index] as number))
      .join(" │ ")
      .trimEnd(),
  );
  if (!transposed) table.splice(2, 0, widths.map((width) => "─".repeat(width)).join("─┼─"));
  const id = redact ? "" : ` chunk_${chunk.id}`;
  const title = `${chunk.entityPath}${id}: ${chunk.rows} rows${timelines.length === 0 ? ", static" : ""}`;
  const rest = chunk.rows > rows ? [`… ${chunk.rows - rows} more rows`] : [];
  return [title, ...table, ...rest].join("\n");
}

function shorten(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, width - 1)}…`;
}

function hex(id: string): string {
  return Array.from({ length: id.length }, (_, at) => id.charCodeAt(at).toString(16).padStart(4, "0")).join("");
}
