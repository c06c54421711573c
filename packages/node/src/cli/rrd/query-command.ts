import { integerOf, UsageError } from "../arguments.ts";
import { onlyPath, parseRrdArguments, parseTime } from "./rrd-arguments.ts";
import { writeOutput } from "./rrd-output.ts";
import { reportDamage } from "./rrd-sources.ts";
import {
  loadTools,
  type BatchSource,
  type PlainRow,
  type PlainValue,
  type QueryOptions,
  type RrdTools,
} from "./rrd-tools.ts";

/** The formats of tables. */
export const FORMATS = ["json", "csv", "arrow", "parquet"] as const;
/** The rows of a row group of Parquet. */
export const GROUP_ROWS = 50_000;
/** The format of a table. */
export type Format = (typeof FORMATS)[number];

/** Runs `rerun-ts rrd query`. @throws {UsageError | TypeError} if a flag is wrong */
export async function query(args: string[]): Promise<void> {
  const given = parseRrdArguments(args, {
    index: { type: "string" },
    static: { type: "boolean" },
    contents: { type: "string", multiple: true },
    columns: { type: "string", multiple: true },
    fill: { type: "boolean" },
    at: { type: "string", multiple: true },
    from: { type: "string" },
    to: { type: "string" },
    "recording-id": { type: "string" },
    "application-id": { type: "string" },
    "batch-rows": { type: "string" },
    format: { type: "string" },
    output: { type: "string", short: "o" },
  });
  const format = (given.text("format") ?? "json") as Format;
  if (!FORMATS.includes(format))
    throw new UsageError(`\`--format\` must be one of ${FORMATS.join(", ")}, got ${JSON.stringify(format)}`);
  const index = given.text("index");
  if ((index === undefined) !== given.has("static"))
    throw new UsageError("`rrd query` requires either `--index TIMELINE` or `--static`");
  const path = onlyPath(given, "query");
  const [at, from, to] = [given.texts("at"), given.text("from"), given.text("to")];
  if (index === undefined && (at.length > 0 || from !== undefined || to !== undefined))
    throw new UsageError("`--at`, `--from` and `--to` require `--index TIMELINE`");
  const tools = await loadTools();
  const file = await tools.openRrd(path);
  const which = { recordingId: given.text("recording-id"), applicationId: given.text("application-id") };
  const rows = file.recording(which).query({
    index: index ?? null,
    contents: given.texts("contents").length > 0 ? given.texts("contents") : undefined,
    columns: given.texts("columns").length > 0 ? given.texts("columns") : undefined,
    fillLatestAt: given.has("fill"),
    usingIndexValues: at.length > 0 ? at.map((text) => parseTime("--at", text)) : undefined,
    range:
      from === undefined && to === undefined
        ? undefined
        : ({ from: from && parseTime("--from", from), to: to && parseTime("--to", to) } as QueryOptions["range"]),
    batchRows: integerOf("--batch-rows", given.text("batch-rows")) ?? (format === "parquet" ? GROUP_ROWS : undefined),
  });
  reportDamage(
    given,
    file.damage.map((damage) => ({ ...damage, source: 0 })),
  );
  await writeOutput(given.text("output"), WRITERS[format](rows, tools));
  await file.close();
}

/** Writers of the rows of a query, by format. */
export const WRITERS: Readonly<
  Record<Format, (query: BatchSource, tools: RrdTools) => AsyncGenerator<Uint8Array | string>>
> = {
  async *json(rows, { plainRows }) {
    for await (const batch of rows)
      for (const row of plainRows(batch)) yield `${JSON.stringify(row, (_, value: PlainValue) => jsonValue(value))}\n`;
  },
  async *csv(rows, { plainRows }) {
    const { names } = rows.schema;
    yield `${names.map((name) => csvCell(String(name))).join()}\n`;
    for await (const batch of rows) for (const row of plainRows(batch)) yield `${csvLine(row)}\n`;
  },
  async *arrow(rows, { encodeArrow }) {
    yield* encodeArrow(rows);
  },
  async *parquet(rows, { encodeParquet }) {
    yield* encodeParquet(rows);
  },
};

/** Integers that JSON cannot hold become strings, bytes Base64. */
function jsonValue(value: PlainValue): unknown {
  if (typeof value === "bigint") return Number.isSafeInteger(Number(value)) ? Number(value) : value.toString();
  if (value instanceof Uint8Array) return Buffer.from(value).toString("base64");
  return value;
}

/** A cell with one number or string is that; others are JSON. */
function csvLine(row: PlainRow): string {
  const cells = Object.values(row).map((cell) => {
    const only = Array.isArray(cell) && cell.length === 1 ? (cell[0] as PlainValue) : cell;
    if (only === null) return "";
    if (typeof only === "object") return csvCell(JSON.stringify(only, (_, value: PlainValue) => jsonValue(value)));
    return csvCell(String(only));
  });
  // Readers skip empty lines.
  return cells.length === 1 && cells[0] === "" ? '""' : cells.join();
}

function csvCell(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
