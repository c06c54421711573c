import { RerunError } from "@rerun-ts/core";
import type { ReadOptions } from "../source/random-access.ts";
import type { ChunkData } from "../store/chunk-data.ts";
import type { ChunkInfo } from "../store/chunk-info.ts";
import type { ChunkLoader } from "../store/chunk-loader.ts";
import { chunkGroups, loadGroup } from "./chunk-groups.ts";
import { binaryAt, first, valuesOf } from "./video-cells.ts";
import { SAMPLE } from "./video-components.ts";

/** A row with a frame. */
export interface VideoRow {
  readonly time: bigint;
  readonly rowId: string;
  readonly sample: Uint8Array;
}

/** A chunk with frames, and the times of these on the timeline. */
export interface FrameChunk {
  readonly info: ChunkInfo;
  readonly start: bigint;
  readonly end: bigint;
}

/** The limit of frames that wait for earlier ones, in bytes. */
const MAX_PENDING_BYTES = 256 * 1024 * 1024;

/** The chunks with frames on a timeline, in the order of their first frames. */
export function frameChunks(infos: readonly ChunkInfo[], timeline: string): FrameChunk[] {
  const found = infos.flatMap((info) => {
    const span = info.components.get(SAMPLE)?.times.get(timeline);
    return span === undefined ? [] : [{ info, start: span.start, end: span.end }];
  });
  return found.sort((a, b) => (a.start < b.start ? -1 : a.start > b.start ? 1 : 0));
}

/** The rows of a chunk that have a frame. */
export function frameRows(chunk: ChunkData, timeline: string): VideoRow[] {
  const column = chunk.layout.timelines.find(({ name }) => name === timeline);
  const samples = valuesOf(chunk, SAMPLE);
  if (column === undefined || samples === undefined) return [];
  const times = chunk.times(column);
  const rows: VideoRow[] = [];
  for (let row = 0; row < chunk.rows; row++) {
    const sample = first(samples, row, binaryAt);
    const time = times[row];
    if (sample !== undefined && time !== undefined) rows.push({ time, rowId: chunk.rowId(row), sample });
  }
  return rows;
}

/** Whether a row comes after another: later, or logged later at the same time. */
export function isLaterRow(a: VideoRow, b: VideoRow): boolean {
  return a.time === b.time ? a.rowId > b.rowId : a.time > b.time;
}

/**
 * Yields the rows of chunks in the order of their times, then of their ids. Throws `UNSUPPORTED` if the chunks overlap
 * so much that memory would not have a limit.
 */
export async function* orderedRows(
  loader: ChunkLoader,
  chunks: readonly FrameChunk[],
  timeline: string,
  options: ReadOptions,
): AsyncGenerator<VideoRow, void, undefined> {
  let pending: VideoRow[] = [];
  let next = 0;
  for (const group of chunkGroups(chunks.map(({ info }) => info))) {
    next += group.length;
    const limit = chunks[next]?.start;
    for (const { chunk } of await loadGroup(loader, group, options))
      pending = pending.concat(frameRows(chunk, timeline));
    pending.sort((a, b) => (isLaterRow(a, b) ? 1 : -1));
    const ready = limit === undefined ? pending.length : countBefore(pending, limit);
    // Before the yields, which may end the generator.
    const rows = pending.slice(0, ready);
    pending = pending.slice(ready);
    yield* rows;
    const bytes = pending.reduce((sum, { sample }) => sum + sample.byteLength, 0);
    if (bytes > MAX_PENDING_BYTES)
      throw new RerunError(
        "UNSUPPORTED",
        "the frames are too far out of order: sort the recording with `rerun-ts rrd optimize` before",
      );
  }
}

function countBefore(rows: readonly VideoRow[], limit: bigint): number {
  const at = rows.findIndex(({ time }) => time >= limit);
  return at < 0 ? rows.length : at;
}
