import { isValid } from "../arrays/is-valid.ts";
import { RerunError } from "@rerun-ts/core";
import type { Data } from "apache-arrow";
import type { ChunkColumn, ChunkData } from "./chunk-data.ts";
import type { ChunkInfo, ComponentSpan, TimeSpan } from "./chunk-info.ts";
import { spanOfTimes } from "./compare-times.ts";

/** A chunk's index entry, and the components that have an instance. */
export interface DescribedChunk {
  readonly info: ChunkInfo;
  /** The names of the components that have an instance in any row. */
  readonly filled: ReadonlySet<string>;
}

/**
 * Describes a chunk from its rows, by reading its times and the nulls of its components.
 * @throws {RerunError} if the chunk is damaged
 */
export function describeChunk(chunk: ChunkData, place: ChunkInfo["place"]): DescribedChunk {
  const times = chunk.layout.timelines.map((column) => {
    const all = chunk.times(column);
    return { name: column.name, times: all, span: spanOfTimes(all) };
  });
  const { id, entityPath, rows } = chunk;
  const timelines = new Map(rows === 0 ? [] : times.map(({ name, span }) => [name, span]));
  const components = new Map<string, ComponentSpan>();
  const filled = new Set<string>();
  checkLayout(chunk.layout);
  for (const column of chunk.layout.components) {
    const data = chunk.values(column);
    // As in Rerun, a row that is null may have instances.
    if (hasInstances(data)) filled.add(column.name);
    const valid = data.length - data.nullCount;
    if (valid === 0) continue;
    const spans =
      data.nullCount === 0 ? timelines : new Map(times.map(({ name, times: all }) => [name, spanOf(all, data)]));
    components.set(column.name, { rows: valid, times: spans });
  }
  // Read now, to detect damage.
  void chunk.rowIds;
  return { info: { id, entityPath, rows, timelines, components, place }, filled };
}

/** Reads all columns of a chunk. @throws {RerunError} if the chunk is damaged */
export function checkColumns(chunk: ChunkData): void {
  checkLayout(chunk.layout);
  for (const column of chunk.layout.timelines) chunk.times(column);
  for (const column of chunk.layout.components) chunk.values(column);
  void chunk.rowIds;
}

/** The layouts whose names are distinct: chunks share them. */
const checked = new WeakSet();

function checkLayout(layout: ChunkData["layout"]): void {
  if (checked.has(layout)) return;
  checkNames(layout.timelines);
  checkNames(layout.components);
  checked.add(layout);
}

function checkNames(columns: readonly ChunkColumn[]): void {
  const names = new Set<string>();
  for (const { name } of columns) {
    if (names.has(name)) throw new RerunError("INVALID_FORMAT", `a chunk has two columns \`${name}\``);
    names.add(name);
  }
}

/** The first and the last time of the rows that are not null in `data`. */
function spanOf(times: BigInt64Array, data: Data): TimeSpan {
  return spanOfTimes(times.filter((_, row) => isValid(data, row)));
}

function hasInstances({ valueOffsets, length }: Data): boolean {
  const offsets = valueOffsets as Int32Array;
  return offsets[length] !== offsets[0];
}

/** The metadata of a component's column. */
export function descriptorOf({ name, field }: ChunkColumn): {
  readonly component: string;
  readonly archetype: string | undefined;
  readonly componentType: string | undefined;
} {
  return {
    component: name,
    archetype: field.metadata.get("rerun:archetype"),
    componentType: field.metadata.get("rerun:component_type"),
  };
}
