import type { ValuesOf } from "../command/command-table.ts";
import { UsageError } from "../command/usage-error.ts";
import { givenQuery, type Format } from "./given-query.ts";
import type { QUERY } from "./query-table.ts";
import { withPaths, type RrdPaths } from "./rrd-arguments.ts";
import { checkOutput, writeOutput } from "./rrd-output.ts";
import { reportDamage, sourcesOf } from "./rrd-sources.ts";
import {
  encodeArrow,
  encodeParquet,
  openRrd,
  openRrdParts,
  plainRows,
  type BatchSource,
  type PlainRow,
  type PlainValue,
} from "@rerun-ts/reading";

/** Runs `rerun-ts rrd query`. @throws {UsageError | TypeError} if a flag is wrong */
export async function query(values: ValuesOf<typeof QUERY>): Promise<void> {
  const given = withPaths(values);
  for (const path of given.paths) checkOutput(path, given.output);
  const which = { recordingId: given["recording-id"], applicationId: given["application-id"] };
  if (given.index === undefined && !given.static) throw await missingIndex(given, which);
  const { format, options } = givenQuery(given, "rrd query");
  const file = await openSources(given);
  // Before the query, which may fail because of what is missing.
  reportDamage(
    given,
    file.damage.map((damage) => ({ ...damage, source: 0 })),
  );
  const rows = file.recording(which).query(options);
  await writeOutput(given.output, WRITERS[format](rows));
  await file.close();
}

/** Opens a file, or several parts as one. Layouts among these have no rows. */
async function openSources(given: RrdPaths): ReturnType<typeof openRrd> {
  const [source, ...others] = sourcesOf({ ...given, paths: recordingsOf(given.paths) });
  if (source === undefined) throw new UsageError("`rrd query` requires a file");
  return others.length === 0 ? openRrd(source) : openRrdParts([source, ...others]);
}

function recordingsOf(paths: readonly string[]): readonly string[] {
  const recordings = paths.filter((path) => !path.endsWith(".rbl"));
  return recordings.length > 0 ? recordings : paths;
}

/** The error for a query without an index, which names the timelines of the recording. */
async function missingIndex(
  given: RrdPaths,
  which: Parameters<Awaited<ReturnType<typeof openRrd>>["recording"]>[0],
): Promise<UsageError> {
  const needed = "`rrd query` requires either `--index TIMELINE` or `--static`";
  if (given.paths.length === 0) return new UsageError(needed);
  const file = await openSources(given);
  try {
    const names = file
      .recording(which)
      .schema()
      .indexes.map(({ name }) => name);
    return new UsageError(`${needed}; the timelines are: ${names.length > 0 ? names.join(", ") : "none"}`);
  } finally {
    await file.close();
  }
}

/** Writers of the rows of a query, by format. */
export const WRITERS: Readonly<Record<Format, (query: BatchSource) => AsyncGenerator<Uint8Array | string>>> = {
  async *json(rows) {
    for await (const batch of rows)
      for (const row of plainRows(batch)) yield `${JSON.stringify(row, (_, value: PlainValue) => jsonValue(value))}\n`;
  },
  async *csv(rows) {
    const { names } = rows.schema;
    yield `${names.map((name) => csvCell(String(name))).join()}\n`;
    for await (const batch of rows) for (const row of plainRows(batch)) yield `${csvLine(row)}\n`;
  },
  async *arrow(rows) {
    yield* encodeArrow(rows);
  },
  async *parquet(rows) {
    yield* encodeParquet(rows);
  },
};

/** Integers that JSON cannot hold become strings, bytes Base64. */
function jsonValue(value: PlainValue): unknown {
  if (typeof value === "bigint") return Number.isSafeInteger(Number(value)) ? Number(value) : value.toString();
  if (value instanceof Uint8Array) return Buffer.from(value).toString("base64");
  return value;
}

/** A cell with one number or text is written as that value. Other cells are written as JSON. */
function csvLine(row: PlainRow): string {
  const cells = Object.values(row).map((cell) => {
    const only = Array.isArray(cell) && cell.length === 1 ? (cell[0] as PlainValue) : cell;
    if (cell === null) return "";
    if (only instanceof Uint8Array) return csvCell(Buffer.from(only).toString("base64"));
    if (typeof only !== "object" && !isLikeJson(only)) return csvCell(String(only));
    return csvCell(JSON.stringify(cell, (_, value: PlainValue) => csvValue(value)));
  });
  // Quotes an empty cell, because readers skip empty lines.
  return cells.length === 1 && cells[0] === "" ? '""' : cells.join();
}

/** Whether readers would not take a text for itself: an empty one for no cell, and brackets for JSON. */
function isLikeJson(value: PlainValue): boolean {
  return typeof value === "string" && /^\s*(?:\[|$)/.test(value);
}

/** JSON has no NaN and no infinity. */
function csvValue(value: PlainValue): unknown {
  return typeof value === "number" && !Number.isFinite(value) ? String(value) : jsonValue(value);
}

function csvCell(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
