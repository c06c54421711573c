import { isValid } from "../arrays/is-valid.ts";
import { RerunError } from "@rerun-ts/core";
import type { Data } from "apache-arrow";
import { typeOfTimeline } from "./arrow-types.ts";
import type { ChunkColumn, ChunkData } from "./chunk-data.ts";
import type { ChunkInfo, ComponentSpan, TimeSpan } from "./chunk-info.ts";
import { CompactInfo } from "./compact-info.ts";
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
    const chunkTimes = chunk.times(column);
    return { name: column.name, times: chunkTimes, span: spanOfTimes(chunkTimes) };
  });
  const filled = new Set<string>();
  checkLayout(chunk.layout);
  const columns = chunk.layout.components.map((column) => {
    const data = chunk.values(column);
    // As in Rerun, a row that is null may have instances.
    if (hasInstances(data)) filled.add(column.name);
    return { name: column.name, data };
  });
  const isFull = columns.every(({ data }) => data.nullCount === 0 && data.length > 0);
  let components: Map<string, ComponentSpan> | undefined;
  if (!isFull) {
    const timelines = new Map(chunk.rows === 0 ? [] : times.map(({ name, span }) => [name, span]));
    components = new Map();
    for (const { name, data } of columns) {
      const valid = data.length - data.nullCount;
      if (valid === 0) continue;
      const spans =
        data.nullCount === 0
          ? timelines
          : new Map(times.map((timeline) => [timeline.name, spanOf(timeline.times, data)]));
      components.set(name, { rows: valid, times: spans });
    }
  }
  // Read now, to detect damage.
  void chunk.rowIds;
  const spans = times.map(({ span }) => span);
  return { info: new CompactInfo(chunk, place, spans, components), filled };
}

/** Reads all columns of a chunk. @throws {RerunError} if the chunk is damaged */
export function checkColumns(chunk: ChunkData): void {
  checkLayout(chunk.layout);
  checkTimelines(chunk.layout);
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

/** The layouts whose timelines have types that times can have. */
const timed = new WeakSet();

/** @throws {RerunError} `INVALID_FORMAT` if times cannot have the type of a timeline */
export function checkTimelines(layout: ChunkData["layout"]): void {
  if (timed.has(layout)) return;
  for (const { name, field } of layout.timelines) typeOfTimeline(name, field.type);
  timed.add(layout);
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
