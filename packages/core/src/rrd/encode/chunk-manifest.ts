import type { LoggedChunk, ChunkComponent } from "../../batch/logged-chunk.ts";
import type { ChunkManifest, ManifestComponent, ManifestRange } from "./encoded-message.ts";
import { timeRange } from "../../time/time-column.ts";

/** The manifest of a chunk, which has no references to the chunk's memory. */
export function makeChunkManifest(chunk: LoggedChunk, uncompressedSize: number): ChunkManifest {
  // Copies, because the chunk's own objects refer to its memory.
  const ranges = chunk.times.map(({ start, end }) => ({ start, end }));
  return {
    entityPath: chunk.entityPath,
    rows: chunk.to - chunk.from,
    uncompressedSize,
    timelines: chunk.times.map(({ timeline }) => timeline),
    ranges,
    components: chunk.components.map((component) => describeComponent(chunk, component, ranges)),
    ...(chunk.startsGroup === undefined ? {} : { startsGroup: chunk.startsGroup }),
  };
}

function describeComponent(
  chunk: LoggedChunk,
  { field, cells }: ChunkComponent,
  ranges: readonly ManifestRange[],
): ManifestComponent {
  const { descriptor, type } = field;
  const isEmpty = cells.itemCount(chunk.from, chunk.to) === 0;
  if (cells.nullCount === 0) return { descriptor, arrow: type.arrow, rows: chunk.to - chunk.from, isEmpty, ranges };
  const rows: number[] = [];
  for (let row = chunk.from; row < chunk.to; row++) if (cells.isValid(row)) rows.push(row - chunk.from);
  return {
    descriptor,
    arrow: type.arrow,
    rows: rows.length,
    isEmpty,
    ranges: chunk.times.map(({ bytes }) => rangeOfRows(bytes, rows)),
  };
}

/** The smallest and the largest time of some rows, or zeros without rows. `bytes` are the times of all rows. */
export function rangeOfRows(bytes: Uint8Array, rows: readonly number[]): ManifestRange {
  if (rows.length === 0) return { start: { lo: 0, hi: 0 }, end: { lo: 0, hi: 0 } };
  const picked = new Uint8Array(rows.length * 8);
  for (const [index, row] of rows.entries()) picked.set(bytes.subarray(row * 8, row * 8 + 8), index * 8);
  return timeRange(picked);
}
