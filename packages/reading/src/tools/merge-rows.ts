import { gather } from "../arrays/gather.ts";
import { RowRanges } from "../arrays/row-ranges.ts";
import { timeColumn } from "../chunks/time-columns.ts";
import type { ChunkColumn, ChunkData, StoredColumn } from "../store/chunk-data.ts";
import { chunkOfColumns } from "../store/chunk-of-columns.ts";
import type { ChunkEntry } from "./chunk-entry.ts";
import { derivedId } from "./edit-chunk.ts";
import type { PackedChunk } from "./pack-chunks.ts";

/** Rows of chunks that become one chunk. */
export interface MergedRows extends PackedChunk {
  /** The components, or `undefined` for all. */
  readonly components: ReadonlySet<string> | undefined;
}

/** Whether the segments contain all rows of one chunk. */
export function isWhole([first, ...others]: MergedRows["segments"]): boolean {
  return others.length === 0 && first?.from === 0 && first.to === first.entry.rows;
}

/** The rows of a planned chunk, in the order of their ids. */
export function mergeRows(
  { segments, components, isInOrder }: MergedRows,
  chunks: ReadonlyMap<ChunkEntry, ChunkData>,
): ChunkData {
  const entries = [...chunks.keys()];
  const sources = new Map(entries.map((entry, source) => [entry, source]));
  const chunkList = [...chunks.values()];
  const [first] = chunkList as [ChunkData];
  let ranges = new RowRanges();
  for (const { entry, from, to } of segments) ranges.push(sources.get(entry) as number, from, to - from);
  if (!isInOrder || entries.some(({ hasSortedIds }) => !hasSortedIds)) ranges = inOrder(ranges, chunkList);
  const take = (pick: (chunk: ChunkData) => StoredColumn): StoredColumn => {
    const arrays = chunkList.map((chunk) => pick(chunk).data);
    const { field } = pick(first);
    return { field, data: gather(field.type, arrays, ranges) };
  };
  const { layout } = first;
  const columns = [
    take((chunk) => chunk.column(chunk.layout.rowIds)),
    ...layout.timelines.map((_, position) => {
      const { field, data } = take((chunk) => chunk.column((chunk.layout.timelines[position] as ChunkColumn).index));
      return timeColumn(field, data);
    }),
    ...layout.components.flatMap(({ name }, position) =>
      components?.has(name) === false
        ? []
        : [take((chunk) => chunk.component(chunk.layout.components[position] as ChunkColumn))],
    ),
  ];
  const contents = JSON.stringify([
    segments.map(({ entry, from, to }) => [entry.id, from, to]),
    [...(components ?? [])],
  ]);
  // A chunk with all rows of a source chunk keeps its id, even if types were converted.
  const id =
    isWhole(segments) && components === undefined ? first.id : derivedId(first.id, new TextEncoder().encode(contents));
  return chunkOfColumns(id, columns, ranges.length, first.metadata);
}

/** The same rows, sorted by their ids. */
function inOrder(ranges: RowRanges, chunks: readonly ChunkData[]): RowRanges {
  const rows: { readonly source: number; readonly row: number; readonly id: string }[] = [];
  for (let range = 0; range < ranges.size; range++) {
    const source = ranges.sources[range] as number;
    const start = ranges.starts[range] as number;
    for (let row = start; row < start + (ranges.counts[range] as number); row++)
      rows.push({ source, row, id: (chunks[source] as ChunkData).rowId(row) });
  }
  rows.sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
  const sorted = new RowRanges(rows.length);
  for (const { source, row } of rows) sorted.push(source, row, 1);
  return sorted;
}
