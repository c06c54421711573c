import { RerunError } from "@rerun-ts/core";
import { DataType, type Table, type Vector } from "apache-arrow";
import { type RecordingSchema, isProperty } from "@rerun-ts/reading/query";
import { textListsOf, columnTimes } from "./server-tables.ts";

/** A layer of a dataset. */
export interface LayerInfo {
  /** The name by which segments have the layer, such as `base`. */
  readonly name: string;
  /** The number of segments that have the layer. */
  readonly numSegments: number;
}

/** A timeline of a dataset. */
export interface TimelineInfo {
  /** The name of the timeline, such as `log_time`. */
  readonly name: string;
  /** The kind of its times. */
  readonly kind: "sequence" | "timestamp" | "duration";
  /** The number of segments with data on the timeline. */
  readonly numSegments: number;
  /** The first time of all segments, as a number or in nanoseconds. `undefined` without data. */
  readonly min: bigint | undefined;
  /** The last time of all segments. `undefined` without data. */
  readonly max: bigint | undefined;
}

/** An overview of a dataset. */
export interface DatasetInfo {
  /** The name of the entry in the catalog. */
  readonly datasetName: string;
  /** The number of segments. */
  readonly numSegments: number;
  /** The size of all segments, in bytes. */
  readonly sizeBytes: number;
  /** The layers, sorted by name. */
  readonly layers: readonly LayerInfo[];
  /** The timelines, sorted by name. */
  readonly timelines: readonly TimelineInfo[];
  /** The number of entities, without properties. */
  readonly numEntities: number;
  /** The number of columns of components, without properties. */
  readonly numComponentColumns: number;
  /** The names of the columns of properties in the table of segments. */
  readonly propertyColumns: readonly string[];
}

/** Makes the overview of a dataset from its schema and its table of segments. */
export function datasetInfo(datasetName: string, schema: RecordingSchema, segments: Table): DatasetInfo {
  const components = schema.components.filter(({ entityPath }) => !isProperty(entityPath));
  const names = segments.schema.fields.map(({ name }) => name);
  return {
    datasetName,
    numSegments: segments.numRows,
    sizeBytes: numbers(segments.getChild("rerun_size_bytes")).reduce((sum, size) => sum + size, 0),
    layers: layersOf(textListsOf(segments, "rerun_layer_names")),
    timelines: schema.indexes.map(({ name, type }) => {
      const starts = times(segments, `${name}:start`);
      const ends = times(segments, `${name}:end`);
      const kind = DataType.isTimestamp(type) ? "timestamp" : DataType.isDuration(type) ? "duration" : "sequence";
      const [min, max] = [least(starts, (a, b) => a < b), least(ends, (a, b) => a > b)];
      return { name, kind, numSegments: starts.length, min, max };
    }),
    numEntities: new Set(components.map(({ entityPath }) => entityPath)).size,
    numComponentColumns: components.length,
    propertyColumns: names.filter((name) => name.startsWith("property:")).sort(),
  };
}

function layersOf(layers: readonly (readonly string[])[]): readonly LayerInfo[] {
  const counts = new Map<string, number>();
  for (const names of layers) for (const name of new Set(names)) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts].map(([name, numSegments]) => ({ name, numSegments })).sort((a, b) => (a.name < b.name ? -1 : 1));
}

function numbers(column: Vector | null): number[] {
  return [...((column ?? []) as Iterable<unknown>)].map((value) => {
    const number = Number(value);
    if (Number.isNaN(number)) throw new RerunError("INVALID_FORMAT", "the catalog sent sizes that are not numbers");
    return number;
  });
}

/**
 * The times of a column in its unit, without nulls.
 * @throws {RerunError} `INVALID_FORMAT` if they are none
 */
function times(table: Table, name: string): bigint[] {
  const all: bigint[] = [];
  for (const data of table.getChild(name)?.data ?? []) {
    if (data.nullCount === data.length) continue;
    const values = columnTimes(data, name);
    for (let row = 0; row < data.length; row++) if (data.getValid(row)) all.push(values[row] as bigint);
  }
  return all;
}

function least(values: readonly bigint[], isBefore: (a: bigint, b: bigint) => boolean): bigint | undefined {
  let best: bigint | undefined;
  for (const value of values) if (best === undefined || isBefore(value, best)) best = value;
  return best;
}
