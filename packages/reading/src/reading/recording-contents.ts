import { checkOptions, describeValue, type OptionNames, withRerunErrors } from "@rerun-ts/core/checks";
import { pushAll, getOrAdd } from "@rerun-ts/core/util";
import { DataType, type Data } from "apache-arrow";
import { isValid } from "../arrays/is-valid.ts";
import type { ReadOptions } from "../source/random-access.ts";
import { chunkDataOf, type Chunk } from "./chunk.ts";
import type { RrdFile } from "./open-rrd.ts";
import type { PlainRow } from "./plain-rows.ts";
import type { PlainValue } from "../values/plain-value.ts";
import { cellReader } from "../values/plain-values.ts";
import { openRecorded, type RecordedSource } from "./recorded-source.ts";

/** Options of {@link recordingContents}. */
export interface RecordingContentsOptions extends ReadOptions {
  /** Expressions for entities, as of queries. Default: all but properties. */
  contents?: string | readonly string[] | undefined;
  /** The timelines in the rows. Default: all but `log_time`. */
  timelines?: readonly string[] | undefined;
}

const KNOWN: OptionNames<RecordingContentsOptions> = { contents: 1, timelines: 1, signal: 1 };

/** A row, with its sort keys. */
interface SortedRow {
  readonly id: string;
  readonly row: PlainRow;
}

/**
 * The rows of a recording as plain objects by entity, in the order of logging. They are meant for assertions in tests,
 * without a viewer.
 *
 * A row has the times by timeline and the values by component. Each value is the list of its instances. Numbers of
 * sequences are numbers, other times are bigints in nanoseconds. Static rows have no times.
 *
 * @param source a `RecordingStream` with only in-memory sinks, which keeps its data, a source as of `openRrd` with one
 * recording, or its reader
 * @throws {RerunError} `INVALID_ARGUMENT` if an argument is wrong, or the errors of `openRrd`
 *
 * @example
 * const rec = new rr.RecordingStream("test");
 * rec.setTime("frame", 3);
 * rec.log("arm", new rr.Scalars(0.5));
 * assert.deepEqual(await recordingContents(rec), { "/arm": [{ frame: 3, "Scalars:scalars": [0.5] }] });
 */
export function recordingContents(
  source: RecordedSource,
  options: RecordingContentsOptions = {},
): Promise<Record<string, PlainRow[]>> {
  return withRerunErrors(async () => {
    checkOptions("recordingContents", options, KNOWN);
    const { contents = "/**", timelines, signal } = options;
    if (timelines !== undefined && !(Array.isArray(timelines) && timelines.every((name) => typeof name === "string")))
      throw new TypeError(`\`timelines\` must be a list of names, got ${describeValue(timelines)}`);
    const counts = (name: string): boolean => timelines?.includes(name) ?? name !== "log_time";
    const files: RrdFile[] = [];
    try {
      const reader = await openRecorded(source, files, options);
      const rows = new Map<string, SortedRow[]>();
      for await (const chunk of reader.chunks({ contents, signal }))
        pushAll(
          getOrAdd(rows, chunk.entityPath, () => []),
          rowsOf(chunk, counts),
        );
      return Object.fromEntries([...rows].map(([path, sorted]) => [path, sorted.sort(byId).map(({ row }) => row)]));
    } finally {
      for (const file of files) await file.close();
    }
  });
}

function* rowsOf(chunk: Chunk, counts: (timeline: string) => boolean): Generator<SortedRow, void> {
  const data = chunkDataOf(chunk);
  const timelines = data.layout.timelines
    .filter(({ name }) => counts(name))
    .map((column) => ({ name: column.name, read: timeReader(column.field.type, data.times(column)) }));
  const components = data.layout.components.map((column) => {
    const values = data.values(column);
    return { name: column.name, values, read: cellReader(values) };
  });
  for (let row = 0; row < data.rows; row++) {
    const cells: [name: string, value: PlainValue][] = timelines.map(({ name, read }) => [name, read(row)]);
    for (const { name, values, read } of components) if (isValid(values, row)) cells.push([name, read(row)]);
    yield { id: data.rowId(row), row: Object.fromEntries(cells) };
  }
}

function timeReader(type: Data["type"], times: BigInt64Array): (row: number) => PlainValue {
  if (!DataType.isInt(type)) return (row) => times[row] as bigint;
  return (row) => {
    const time = times[row] as bigint;
    return Number.isSafeInteger(Number(time)) ? Number(time) : time;
  };
}

function byId(a: SortedRow, b: SortedRow): number {
  return a.id < b.id ? -1 : 1;
}
