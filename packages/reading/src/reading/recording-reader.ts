import type { EntityPathLike, TimeValue } from "@rerun-ts/core";
import { checkOptions, type OptionNames, withRerunErrors, yieldingRerunErrors } from "@rerun-ts/core/checks";
import type { Vector } from "apache-arrow";
import { contentFilter } from "@rerun-ts/core/encode";
import { Query } from "./query.ts";
import { resolveTime, type QueryOptions } from "../query/query-options.ts";
import type { ReadOptions } from "../source/random-access.ts";
import type { ChunkInfo } from "../store/chunk-info.ts";
import type { ChunkData } from "../store/chunk-data.ts";
import type { ChunkLoader, LoadOptions } from "../store/chunk-loader.ts";
import type { LiveUpdates } from "../store/live-updates.ts";
import type { StoreIndex } from "../store/store-index.ts";
import type { Chunk } from "./chunk.ts";
import { wantedComponents } from "./chunk-conditions.ts";
import type { RecordingInfo } from "./recording-info.ts";
import { recordingSchema, type RecordingSchema } from "./recording-schema.ts";
import type { TreeEntity } from "@rerun-ts/types";
import type { RecordedVideo } from "@rerun-ts/types/media";
import type { TreeRow, TreeRowsOptions } from "../typed/tree-row.ts";
import type { RecordedVideoOptions } from "../video/video-window.ts";

/** A choice of chunks. All conditions must hold. */
export interface ChunkFilter extends ReadOptions {
  /** Expressions for entities, as of queries. Default: all, properties too. */
  contents?: string | readonly string[] | undefined;
  /** A required timeline. Default: any. */
  timeline?: string | undefined;
  /** Whether they must be static, or must not be. Default: either. */
  isStatic?: boolean | undefined;
  /** Components, at least one of them required, e.g. `Points3D:positions`. Default: any. */
  components?: string | readonly string[] | undefined;
}

const KNOWN: OptionNames<ChunkFilter> = { contents: 1, timeline: 1, isStatic: "boolean", components: 1, signal: 1 };
/** Number of chunks to load at a time. */
const GROUP = 64;

/** Options of {@link RecordingReader.latestAt}. */
export interface LatestAtOptions extends Omit<
  QueryOptions,
  "range" | "usingIndexValues" | "fillLatestAt" | "where" | "batchRows"
> {
  /** The timeline. */
  index: string;
  /** The time. A bigint is in the unit of the timeline. */
  at: TimeValue;
}

/** Reads a recording, or a blueprint: its columns, its chunks, and tables of queries. */
export class RecordingReader {
  readonly #index: StoreIndex;
  readonly #loader: ChunkLoader;
  readonly #live: LiveUpdates | undefined;

  /** @internal Readers come from `RrdFile.recording` and `openLive`. */
  constructor(index: StoreIndex, loader: ChunkLoader, live?: LiveUpdates) {
    this.#index = index;
    this.#loader = loader;
    this.#live = live;
  }

  /** Index of everything received so far. */
  get #store(): StoreIndex {
    this.#live?.refresh();
    return this.#index;
  }

  /** Identity of the recording. */
  get info(): RecordingInfo {
    const { storeId, source } = this.#store;
    return { ...storeId, source };
  }

  /** The number of chunks. */
  get numChunks(): number {
    return this.#store.chunks.length;
  }

  /** The number of rows of all chunks. */
  get numRows(): number {
    return this.#store.chunks.reduce((sum, { rows }) => sum + rows, 0);
  }

  /** The timelines and the components. */
  schema(): RecordingSchema {
    const { timelines, columns } = this.#store;
    return recordingSchema(timelines, columns);
  }

  /** The first and the last time on a timeline, or `undefined` if it has no rows. */
  timeRange(timeline: string): { readonly start: bigint; readonly end: bigint } | undefined {
    const spans = this.#store.chunks.flatMap(({ timelines }) => timelines.get(timeline) ?? []);
    if (spans.length === 0) return undefined;
    const start = spans.reduce((first, span) => (span.start < first ? span.start : first), spans[0]?.start ?? 0n);
    const end = spans.reduce((last, span) => (span.end > last ? span.end : last), spans[0]?.end ?? 0n);
    return { start, end };
  }

  /**
   * Yields the chunks, in the order of the file.
   *
   * @throws {RerunError} `INVALID_ARGUMENT` if a condition is wrong, `INVALID_FORMAT` if a chunk is damaged, or the
   * error of the source
   */
  chunks(filter: ChunkFilter = {}): AsyncGenerator<Chunk, void, undefined> {
    return yieldingRerunErrors(this.#chunks(filter));
  }

  async *#chunks(filter: ChunkFilter): AsyncGenerator<Chunk, void, undefined> {
    checkOptions("chunks", filter, KNOWN);
    const matches = contentFilter(filter.contents ?? ["/**", "/__properties/**"]);
    const components = wantedComponents(filter);
    const infos = this.#store.chunks.filter(
      (info) => matches(info.entityPath) && fits(info, filter) && hasAny(info, components),
    );
    // Loaded on demand, because programs that only query need no code for editing chunks.
    const { wrapChunks } = await import("./lazy-reading.ts");
    for await (const chunks of this.#load(infos, { signal: filter.signal, withMessages: true }))
      yield* wrapChunks(chunks);
  }

  /**
   * Yields the rows of the chunks of an entity, in the order of the file.
   *
   * @internal For `compareRrd`, which needs no copies of messages.
   */
  async *rowsOf(entityPath: string, options: ReadOptions): AsyncGenerator<ChunkData, void, undefined> {
    const infos = this.#store.chunksByEntity.get(entityPath) ?? [];
    for await (const chunks of this.#load(infos, options)) yield* chunks;
  }

  /**
   * The index entries of the chunks.
   *
   * @internal For `compareRrd`.
   */
  get entries(): Pick<StoreIndex, "chunks" | "chunksByEntity"> {
    return this.#store;
  }

  /**
   * Reads chunks that are not kept for later.
   *
   * @internal For `compareRrd`.
   */
  readOnce(infos: readonly ChunkInfo[], { signal }: ReadOptions): Promise<readonly ChunkData[]> {
    return this.#loader.load(infos, { signal, isOnce: true });
  }

  /**
   * Reads the chunks of entities in the order of the source, as far as the cache of chunks has room.
   *
   * @internal For `compareRrd`, before it reads one entity after the other.
   */
  async preload(entityPaths: readonly string[], options: ReadOptions): Promise<void> {
    const { chunksByEntity } = this.#store;
    const infos = entityPaths.flatMap((path) => chunksByEntity.get(path) ?? []);
    infos.sort((a, b) => a.place.offset - b.place.offset);
    // In steps, because small chunks may have much data, and only the cache limits how much of it stays.
    for await (const _ of this.#load(infos, options));
  }

  async *#load(infos: readonly ChunkInfo[], options: LoadOptions): AsyncGenerator<readonly ChunkData[]> {
    for (let start = 0; start < infos.length; start += GROUP)
      yield await this.#loader.load(infos.slice(start, start + GROUP), options);
  }

  /**
   * A query: one row for each index value, one column for each component.
   *
   * @throws {TypeError} if an option is wrong
   * @example
   * const query = recording.query({ index: "frame", contents: "/robot/**", fillLatestAt: true });
   * for await (const batch of query) console.log(batch.numRows);
   */
  query<const Index extends string | null>(options: QueryOptions<Index>): Query<Index> {
    return new Query<Index>(this.#store, this.#loader, options, this.#live);
  }

  /**
   * Yields the rows of an entity of a tree as typed objects. They have the shape of the tree, with all entities below,
   * and their values have the types of the fields. A value that was not logged is null.
   *
   * @throws {RerunError} `INVALID_ARGUMENT` if an option is wrong, or if the recording has none of these entities,
   * `INVALID_FORMAT` if a chunk is damaged, or the error of the source
   * @example
   * for await (const { time, values } of recording.rows(tree.robot.joints, { index: "frame", instance: 0 }))
   *   console.log(time, values.elbow?.scalars);
   */
  rows<Node extends TreeEntity, const Options extends TreeRowsOptions>(
    entity: Node,
    options: Options,
  ): AsyncGenerator<TreeRow<Node, Options>, void, undefined> {
    return yieldingRerunErrors(this.#rows(entity, options)) as AsyncGenerator<TreeRow<Node, Options>, void, undefined>;
  }

  async *#rows(entity: unknown, options: TreeRowsOptions): AsyncGenerator<object, void, undefined> {
    const { planTree, readTreeRows } = await import("./lazy-reading.ts");
    const plan = planTree(this.#store, entity, options, this.#live !== undefined);
    for await (const batch of this.query(plan.options)) yield* readTreeRows(batch, plan);
  }

  /**
   * The video of an entity, for `rr.video.toMp4` or a decoder: encoded frames of a `VideoStream`, or the file of an
   * `AssetVideo`.
   *
   * @throws {RerunError} `INVALID_ARGUMENT` if an argument is wrong, `NOT_FOUND` if the entity has no video at these
   * times, `INVALID_DATA` if it has no codec, or values of a wrong type, `UNSUPPORTED` if the video changes its codec
   * or its file, `INVALID_FORMAT` if a chunk is damaged, or the error of the source
   * @example
   * const video = await recording.video("/camera", { timeline: "frame", from: 100 });
   * if (video.kind === "stream") for await (const { time, sample } of video.frames()) console.log(time, sample.length);
   */
  video(entityPath: EntityPathLike, options: RecordedVideoOptions = {}): Promise<RecordedVideo> {
    return withRerunErrors(async () => {
      const { recordedVideo } = await import("../video/recorded-video.ts");
      return recordedVideo(this.#store, this.#loader, entityPath, options);
    });
  }

  /**
   * The latest values at one time, by the names of their columns. A component without any is missing. Each value is the
   * list of its instances.
   *
   * @throws {RerunError} `INVALID_ARGUMENT` if an option is wrong, `INVALID_FORMAT` if a chunk is damaged, or the error
   * of the source
   */
  latestAt(options: LatestAtOptions): Promise<Record<string, Vector>> {
    return withRerunErrors(() => this.#latestAt(options));
  }

  async #latestAt(options: LatestAtOptions): Promise<Record<string, Vector>> {
    // Without options, the error is about the missing timeline.
    const { at, ...rest } = Object(options) as LatestAtOptions;
    const index = this.#store.timelines.find(({ name }) => name === rest.index);
    if (index !== undefined) resolveTime("at", at, index);
    const table = await this.query({ ...rest, usingIndexValues: [at], fillLatestAt: true }).toTable();
    const values: Record<string, Vector> = {};
    for (const { name, metadata } of table.schema.fields) {
      const value: unknown = metadata.get("rerun:kind") === "data" ? table.getChild(name)?.get(0) : undefined;
      if (value !== null && value !== undefined) values[name] = value as Vector;
    }
    return values;
  }
}

function fits(chunk: ChunkInfo, { timeline, isStatic }: ChunkFilter): boolean {
  if (timeline !== undefined && !chunk.timelines.has(timeline)) return false;
  return isStatic === undefined || isStatic === (chunk.timelines.size === 0);
}

function hasAny(chunk: ChunkInfo, components: readonly string[] | undefined): boolean {
  return components === undefined || components.some((name) => chunk.components.has(name));
}

/** The class of readers with its constructor, for stores of sibling packages. */
export const StoreReader: new (index: StoreIndex, loader: ChunkLoader) => RecordingReader = RecordingReader;
