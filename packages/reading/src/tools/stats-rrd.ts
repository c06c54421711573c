import { arrowOf } from "../store/stream-of.ts";
import { checkOptions, withRerunErrors } from "@rerun-ts/core/checks";
import type { EndMessage } from "@rerun-ts/core/decode";
import type { ChunkData } from "../store/chunk-data.ts";
import { indexStats, type IndexStats } from "./index-stats.ts";
import { countStats, sizeStats, type CountStats, type SizeStats } from "./size-stats.ts";
import { placedMessages, toolMessages } from "./tool-messages.ts";
import { TOOL_OPTIONS, type RrdSources, type ToolOptions } from "./tool-options.ts";

/** The marker before a message of an Arrow IPC stream. Source: Arrow's "Encapsulated message format". */
const CONTINUATION = -1;

/** Options of {@link rrdStats}. */
export interface StatsOptions extends ToolOptions {
  /** Whether chunks are decoded. Without decoding, only the sizes are found, much faster. Default `true`. */
  decode?: boolean | undefined;
}

/** Numbers and sizes of the chunks of recordings. */
export interface RrdSizes {
  /** The number of chunks. */
  readonly numChunks: number;
  /** The sizes of the chunks' messages as they are stored. */
  readonly compressed: SizeStats;
  /** The sizes of the chunks' data without compression. */
  readonly uncompressed: SizeStats;
  /** The indexes of stores in the footers. */
  readonly footers: readonly IndexStats[];
}

/** Contents of recordings. */
export interface RrdStats extends RrdSizes {
  /** The number of entities. */
  readonly numEntityPaths: number;
  /** The number of rows. */
  readonly numRows: number;
  /** The number of static chunks. */
  readonly numStatic: number;
  /** The number of chunks without components. */
  readonly numChunksWithoutComponents: number;
  /** The number of rows in a chunk. */
  readonly rowsPerChunk: CountStats;
  /** The number of timelines of a chunk. */
  readonly indexesPerChunk: CountStats;
  /** The number of components in a chunk. */
  readonly componentsPerChunk: CountStats;
  /** The sizes of the chunks' schemas, in bytes without compression. */
  readonly schemas: SizeStats;
  /** The sizes of the rest of the chunks, in bytes without compression. */
  readonly data: SizeStats;
  /** The timelines on which a chunk is not sorted, by entity. */
  readonly unsortedIndexes: Readonly<Record<string, readonly string[]>>;
  /** The number of chunks of each entity. */
  readonly chunksPerEntity: Readonly<Record<string, number>>;
  /** The number of chunks on each timeline. */
  readonly chunksPerIndex: Readonly<Record<string, number>>;
  /** The number of chunks with each component. */
  readonly chunksPerComponent: Readonly<Record<string, number>>;
}

/**
 * Counts the parts of recordings.
 *
 * @throws {RerunError} `INVALID_ARGUMENT` if a source is wrong
 * @throws {RerunError} `INVALID_FORMAT` if a source is damaged, or the error of a source
 */
export function rrdStats(sources: RrdSources, options: StatsOptions & { decode: false }): Promise<RrdSizes>;
export function rrdStats(sources: RrdSources, options?: ToolOptions & { decode?: true | undefined }): Promise<RrdStats>;
export function rrdStats(sources: RrdSources, options?: StatsOptions): Promise<RrdSizes>;
export function rrdStats(sources: RrdSources, options: StatsOptions = {}): Promise<RrdSizes> {
  return withRerunErrors(async () => {
    checkOptions("rrdStats", options, { ...TOOL_OPTIONS, decode: "boolean" });
    if (options.decode === false) return sizesOf(sources, options);
    const entities = new Map<string, number>();
    const indexes = new Map<string, number>();
    const components = new Map<string, number>();
    const unsorted = new Map<string, Set<string>>();
    const counts = { rows: [] as number[], indexes: [] as number[], components: [] as number[] };
    const sizes = { compressed: [] as number[], uncompressed: [] as number[], schemas: [] as number[] };
    const footers: IndexStats[] = [];
    const onEnd = (end: EndMessage): void => void footers.push(...indexStats(end));
    for await (const { message, chunk } of toolMessages(sources, options, { onEnd, isDescribed: false })) {
      if (message.kind !== "chunk" || chunk === undefined) continue;
      const { entityPath, layout } = chunk;
      counts.rows.push(chunk.rows);
      counts.indexes.push(layout.timelines.length);
      counts.components.push(layout.components.length);
      count(entities, entityPath);
      for (const { name } of layout.timelines) count(indexes, name);
      for (const { name } of layout.components) count(components, name);
      for (const name of unsortedIn(chunk)) unsorted.set(entityPath, (unsorted.get(entityPath) ?? new Set()).add(name));
      sizes.compressed.push(message.payload.byteLength);
      sizes.uncompressed.push(message.uncompressedBytes);
      sizes.schemas.push(schemaBytes(arrowOf(chunk)));
    }
    return {
      numChunks: counts.rows.length,
      numEntityPaths: entities.size,
      numRows: counts.rows.reduce((sum, rows) => sum + rows, 0),
      numStatic: counts.indexes.filter((number) => number === 0).length,
      numChunksWithoutComponents: counts.components.filter((number) => number === 0).length,
      rowsPerChunk: countStats(counts.rows),
      indexesPerChunk: countStats(counts.indexes),
      componentsPerChunk: countStats(counts.components),
      chunksPerEntity: sorted(entities),
      chunksPerIndex: sorted(indexes),
      chunksPerComponent: sorted(components),
      unsortedIndexes: sorted(new Map([...unsorted].map(([path, names]) => [path, [...names].sort()]))),
      compressed: sizeStats(sizes.compressed),
      uncompressed: sizeStats(sizes.uncompressed),
      schemas: sizeStats(sizes.schemas),
      data: sizeStats(sizes.uncompressed.map((bytes, index) => bytes - (sizes.schemas[index] ?? 0))),
      footers,
    };
  });
}

/** The timelines on which a chunk's times go back. */
function unsortedIn(chunk: ChunkData): string[] {
  return chunk.layout.timelines
    .filter((column) => {
      const times = chunk.times(column);
      return times.some((time, row) => row > 0 && time < (times[row - 1] ?? time));
    })
    .map(({ name }) => name);
}

/** The size of the first message of an Arrow IPC stream, with the marker and the length before it. */
function schemaBytes(arrow: Uint8Array): number {
  const view = new DataView(arrow.buffer, arrow.byteOffset, arrow.byteLength);
  return view.getInt32(0, true) === CONTINUATION ? 8 + view.getInt32(4, true) : 4 + view.getInt32(0, true);
}

async function sizesOf(sources: RrdSources, options: StatsOptions): Promise<RrdSizes> {
  const compressed: number[] = [];
  const uncompressed: number[] = [];
  const footers: IndexStats[] = [];
  for await (const { placed } of placedMessages(sources, options)) {
    if (placed.message.kind === "end") footers.push(...indexStats(placed.message));
    if (placed.message.kind !== "chunk") continue;
    compressed.push(placed.message.payload.byteLength);
    uncompressed.push(placed.message.uncompressedBytes);
  }
  return {
    numChunks: compressed.length,
    compressed: sizeStats(compressed),
    uncompressed: sizeStats(uncompressed),
    footers,
  };
}

function count(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

function sorted<T>(counts: ReadonlyMap<string, T>): Record<string, T> {
  return Object.fromEntries([...counts].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
}
