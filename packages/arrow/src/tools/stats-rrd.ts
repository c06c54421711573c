import { checkOptions, withRerunErrors } from "@rerun-ts/core/checks";
import { placedMessages, toolMessages } from "./tool-messages.ts";
import { TOOL_OPTIONS, type RrdSources, type ToolOptions } from "./tool-options.ts";

/** The distribution of sizes in bytes. */
export interface SizeStats {
  /** The sum. */
  readonly total: number;
  /** The smallest. */
  readonly min: number;
  /** The largest. */
  readonly max: number;
  /** The mean. */
  readonly avg: number;
  /** The median. */
  readonly p50: number;
  /** 90 % are not larger. */
  readonly p90: number;
  /** 99 % are not larger. */
  readonly p99: number;
}

/** Options of {@link rrdStats}. */
export interface StatsOptions extends ToolOptions {
  /** Whether chunks are decoded. Without it only their sizes are found, much faster. Default `true`. */
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
}

/** Contents of recordings. */
export interface RrdStats extends RrdSizes {
  /** The number of entities. */
  readonly numEntityPaths: number;
  /** The number of rows. */
  readonly numRows: number;
  /** The number of static chunks. */
  readonly numStatic: number;
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
    const compressed: number[] = [];
    const uncompressed: number[] = [];
    let numRows = 0;
    let numStatic = 0;
    for await (const { message, chunk } of toolMessages(sources, options, { isDescribed: false })) {
      if (message.kind !== "chunk" || chunk === undefined) continue;
      numRows += chunk.rows;
      if (chunk.layout.timelines.length === 0) numStatic++;
      count(entities, chunk.entityPath);
      for (const { name } of chunk.layout.timelines) count(indexes, name);
      for (const { name } of chunk.layout.components) count(components, name);
      compressed.push(message.payload.byteLength);
      uncompressed.push(message.uncompressedBytes);
    }
    return {
      numChunks: compressed.length,
      numEntityPaths: entities.size,
      numRows,
      numStatic,
      chunksPerEntity: sorted(entities),
      chunksPerIndex: sorted(indexes),
      chunksPerComponent: sorted(components),
      compressed: sizeStats(compressed),
      uncompressed: sizeStats(uncompressed),
    };
  });
}

async function sizesOf(sources: RrdSources, options: StatsOptions): Promise<RrdSizes> {
  const compressed: number[] = [];
  const uncompressed: number[] = [];
  for await (const { placed } of placedMessages(sources, options)) {
    if (placed.message.kind !== "chunk") continue;
    compressed.push(placed.message.payload.byteLength);
    uncompressed.push(placed.message.uncompressedBytes);
  }
  return { numChunks: compressed.length, compressed: sizeStats(compressed), uncompressed: sizeStats(uncompressed) };
}

function count(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

function sorted(counts: ReadonlyMap<string, number>): Record<string, number> {
  return Object.fromEntries([...counts].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
}

function sizeStats(sizes: readonly number[]): SizeStats {
  const ordered = [...sizes].sort((a, b) => a - b);
  const total = ordered.reduce((sum, size) => sum + size, 0);
  const at = (share: number): number => ordered[Math.min(ordered.length - 1, Math.floor(ordered.length * share))] ?? 0;
  return {
    total,
    min: at(0),
    max: at(1),
    avg: ordered.length === 0 ? 0 : total / ordered.length,
    p50: at(0.5),
    p90: at(0.9),
    p99: at(0.99),
  };
}
