import type { ChunkData } from "../store/chunk-data.ts";
import { hasSortedIds } from "../store/has-sorted-ids.ts";
import { areSorted } from "../store/sorted-times.ts";
import { isPlain } from "./edit-chunk.ts";
import type { EdgeTimes } from "./edge-times.ts";
import type { ChunkLimits } from "./optimize-options.ts";
import { hasLabels, keyframesOf } from "./split-video.ts";

/** Small chunks of one source that become one. */
export interface JoinedChunks {
  /** The offsets and lengths of their messages. */
  readonly offsets: Float64Array;
  readonly lengths: Uint32Array;
}

/** A chunk of a source without its rows, or small chunks that were joined. */
export interface ChunkEntry {
  readonly id: string;
  readonly source: number;
  /** Offset and length of the message. */
  readonly place: { readonly offset: number; readonly length: number };
  readonly rows: number;
  /** The smallest and the largest row id, as strings with the same order. */
  readonly firstId: string;
  readonly lastId: string;
  /** Whether the row ids increase. */
  readonly hasSortedIds: boolean;
  /** Whether the row ids and all times increase. */
  readonly isSorted: boolean;
  /** The position of its edge times (of its first and last row) among those of its entity. */
  readonly edges: number;
  /** The size of each component, in the order of the columns. */
  readonly componentBytes: readonly number[];
  /** The codecs as whose frame each row would be a key frame, in a video. */
  readonly keyframes: Uint8Array | undefined;
  /** The times of all rows of a video on each timeline, if its key frames are labelled. */
  readonly frameTimes: readonly BigInt64Array[];
  /** Whether the message can be copied unchanged. */
  readonly isPlain: boolean;
  /** The rows of small chunks that were joined. The place is that of the first of them. */
  readonly joined?: ChunkData;
  /** The small chunks that are read again and joined. The place is that of the first of them. */
  readonly joins?: JoinedChunks;
}

/** The order of the rows of a chunk. */
export type RowOrder = Pick<ChunkEntry, "hasSortedIds" | "isSorted">;

const NO_TIMES: readonly BigInt64Array[] = [];

/**
 * The entry of a chunk.
 *
 * @param edges the edge times of the entity, which get those of the chunk
 * @param order the order of the rows, if it is known
 */
export function chunkEntry(
  chunk: ChunkData,
  { source, place }: Pick<ChunkEntry, "source" | "place">,
  edges: EdgeTimes,
  { gopBatching, fixKeyframes }: ChunkLimits,
  order?: RowOrder,
): ChunkEntry {
  const { rows } = chunk;
  const times = chunk.layout.timelines.map((column) => chunk.times(column));
  const { hasSortedIds: sortedIds, isSorted } = order ?? orderOf(chunk, times);
  const keyframes = gopBatching || fixKeyframes ? keyframesOf(chunk, !fixKeyframes) : undefined;
  const ids = sortedIds ? [] : Array.from({ length: rows }, (_, row) => chunk.rowId(row)).sort();
  return {
    id: chunk.id,
    source,
    place,
    rows,
    firstId: ids[0] ?? chunk.rowId(0),
    lastId: ids.at(-1) ?? chunk.rowId(rows - 1),
    hasSortedIds: sortedIds,
    isSorted,
    edges: edges.add(times),
    componentBytes: chunk.layout.components.map(({ index }) => chunk.column(index).data.byteLength),
    keyframes,
    // For labels, where there are none yet.
    frameTimes:
      keyframes !== undefined && (fixKeyframes || !hasLabels(chunk)) ? times.map((all) => all.slice()) : NO_TIMES,
    isPlain: isPlain(chunk),
  };
}

function orderOf(chunk: ChunkData, times: readonly BigInt64Array[]): RowOrder {
  const sortedIds = hasSortedIds(chunk);
  return { hasSortedIds: sortedIds, isSorted: sortedIds && times.every(areSorted) };
}
