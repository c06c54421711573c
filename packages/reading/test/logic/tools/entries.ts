import type { ChunkEntry } from "../../../dist/tools/chunk-entry.js";
import type { EdgeTimes } from "../../../dist/tools/edge-times.js";
import type { ChunkLimits } from "../../../dist/tools/optimize-options.js";

/** Limits so large that none matters. */
export const NO_LIMITS: ChunkLimits = {
  maxBytes: 2 ** 30,
  maxRows: 2 ** 20,
  maxRowsIfUnsorted: 2 ** 20,
  splitSizeRatio: null,
  gopBatching: false,
  fixKeyframes: false,
  keepStaticChunks: false,
};

/** The entry of a chunk with sorted rows, whose row ids and times count from `first` on, and some other properties. */
export function entryAt(times: EdgeTimes, first: number, rows: number, changes: Partial<ChunkEntry> = {}): ChunkEntry {
  const idAt = (row: number): string => String(row).padStart(8, "0");
  return {
    id: `chunk-${first}`,
    source: 0,
    place: { offset: first, length: 1 },
    rows,
    firstId: idAt(first),
    lastId: idAt(first + rows - 1),
    hasSortedIds: true,
    isSorted: true,
    edges: times.add([BigInt64Array.from({ length: rows }, (_, row) => BigInt(first + row))]),
    componentBytes: [rows],
    keyframes: undefined,
    frameTimes: [],
    isPlain: true,
    ...changes,
  };
}
