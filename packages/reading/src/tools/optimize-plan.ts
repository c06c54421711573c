import type { StoreId } from "@rerun-ts/core";
import { pushAll, getOrAdd } from "@rerun-ts/core/util";
import type { Field, Schema } from "apache-arrow";
import { storeKey } from "@rerun-ts/core/rrd";
import { typeKey } from "../store/arrow-types.ts";
import { ChunkIdSet } from "../store/chunk-id-set.ts";
import type { ChunkColumn, ChunkData, ChunkLayout } from "../store/chunk-data.ts";
import type { SchemaCache } from "../store/schema-cache.ts";
import { chunkEntry, type ChunkEntry } from "./chunk-entry.ts";
import type { ChunkLimits } from "./optimize-options.ts";
import type { KeyframeLabels } from "./keyframe-labels.ts";
import { ChunkJoiner } from "./chunk-joiner.ts";
import { EdgeTimes } from "./edge-times.ts";
import type { MergedRows } from "./merge-rows.ts";
import { packChunks, wholeChunk } from "./pack-chunks.ts";
import { codecBit } from "./split-video.ts";
import { SMALL_CHUNK, SmallChunkReader } from "./small-chunk-reader.ts";
import { IS_KEYFRAME, SAMPLE } from "../video/video-components.ts";
import type { ToolMessage } from "./tool-message.ts";
import type { UnreadChunk } from "./tool-messages.ts";

/** Chunks of one entity that have the same columns. */
interface ChunkKind {
  readonly storeId: StoreId;
  /** The ids of all chunks of the store. */
  readonly seen: ChunkIdSet;
  readonly entityKey: string;
  readonly entityPath: string;
  readonly timelines: readonly Field[];
  readonly components: readonly { readonly name: string; readonly archetype: string }[];
  readonly entries: ChunkEntry[];
  readonly times: EdgeTimes;
}

/** The columns of a chunk, and its entity. */
type ChunkColumns = Pick<ChunkData, "schema" | "layout" | "entityPath">;

/** A chunk to be written: rows of chunks of the sources, with some of their components. */
export interface PlannedChunk extends MergedRows {
  readonly storeId: StoreId;
}

/** Decides which rows of which chunks become a chunk, from a first pass over all chunks. */
export class OptimizePlan {
  readonly #limits: ChunkLimits;
  readonly #kinds = new Map<string, ChunkKind>();
  /** The ids of the chunks, by store. */
  readonly #seen = new Map<string, ChunkIdSet>();
  readonly #kindBySchema = new WeakMap<Schema, ChunkKind>();
  readonly #columnKeys = new WeakMap<ChunkLayout, string>();
  /** The bits of the codecs of videos, by their entities. */
  readonly #codecs = new Map<string, number>();
  readonly #reader: SmallChunkReader<ChunkKind>;
  readonly #joiner: ChunkJoiner;

  constructor(limits: ChunkLimits, schemas: SchemaCache) {
    this.#limits = limits;
    this.#reader = new SmallChunkReader(schemas);
    this.#joiner = new ChunkJoiner(limits);
  }

  /**
   * Copies the rows of a small chunk, so that they are not read again. Returns whether it did. If not, {@link add} must
   * be called.
   */
  take(arrow: Uint8Array, { storeId, source, place }: UnreadChunk): boolean {
    if (arrow.byteLength > SMALL_CHUNK || this.#joiner.isIdle) return false;
    const chunk = this.#reader.read(arrow);
    if (chunk === undefined) return false;
    const { id, schema } = chunk;
    if (schema.known?.storeId !== storeId) schema.known = { kind: this.#kindOf(schema, storeId), storeId };
    const { kind } = schema.known;
    if (kind.seen.has(id) || !this.#joiner.take(kind, chunk, source, place)) return false;
    kind.seen.add(id);
    return true;
  }

  /** Adds a chunk of a source, but no duplicates and none without rows. */
  add({ chunk, storeId, source, place }: ToolMessage): void {
    if (chunk === undefined || place === undefined || chunk.rows === 0) return;
    const kind = this.#kindOf(chunk, storeId);
    if (kind.seen.has(chunk.id)) return;
    kind.seen.add(chunk.id);
    const codec = codecBit(chunk);
    if (codec !== undefined) this.#codecs.set(kind.entityKey, codec);
    kind.entries.push(chunkEntry(chunk, { source, place }, kind.times, this.#limits));
  }

  /** The kind of a chunk. Nearly always, chunks with one schema are of one store, which saves the search. */
  #kindOf({ schema, layout, entityPath }: ChunkColumns, storeId: StoreId): ChunkKind {
    const last = this.#kindBySchema.get(schema);
    if (last?.storeId === storeId) return last;
    const store = storeKey(storeId);
    const entityKey = `${store}\0${entityPath}`;
    const kind = getOrAdd(this.#kinds, `${entityKey}\0${this.#columnsKey(layout)}`, () => {
      const components = layout.components.map(({ name, field }) => ({
        name,
        archetype: field.metadata.get("rerun:archetype") ?? name,
      }));
      const timelines = layout.timelines.map(({ field }) => field);
      const seen = getOrAdd(this.#seen, store, () => new ChunkIdSet());
      const times = new EdgeTimes(timelines.length);
      return { storeId, seen, entityKey, entityPath, timelines, components, entries: [], times };
    });
    this.#kindBySchema.set(schema, kind);
    return kind;
  }

  /** The names and types of columns as a string, cached for all chunks that share a layout. */
  #columnsKey(layout: ChunkLayout): string {
    let key = this.#columnKeys.get(layout);
    if (key === undefined) {
      const { timelines, components } = layout;
      key = [...timelines.map(columnKey), "", ...components.map(columnKey)].join("\0");
      this.#columnKeys.set(layout, key);
    }
    return key;
  }

  /** The chunks to be written: static ones first, then one kind after the other. No chunk can be added any more. */
  *chunks(): Generator<PlannedChunk, void, undefined> {
    this.#joiner.finish();
    for (const ids of this.#seen.values()) ids.clear();
    const kinds = [...this.#kinds.values()];
    for (const isStatic of [true, false])
      for (const kind of kinds) if ((kind.timelines.length === 0) === isStatic) yield* this.#chunksOf(kind);
  }

  /** Labels for the key frames of videos: of those without labels, as Rerun does, or of all. */
  *labels(): Generator<KeyframeLabels, void, undefined> {
    const { fixKeyframes, gopBatching, keepStaticChunks } = this.#limits;
    // Parts that are joined again and again keep their rows.
    if (!fixKeyframes && (!gopBatching || keepStaticChunks)) return;
    const labelled = new Set<string>();
    for (const { entityKey, components } of this.#kinds.values())
      if (components.some(({ name }) => name === IS_KEYFRAME)) labelled.add(entityKey);
    for (const { storeId, entityKey, entityPath, timelines, entries } of this.#kinds.values()) {
      const codec = this.#codecs.get(entityKey) ?? 0;
      if (codec === 0 || timelines.length === 0 || (!fixKeyframes && labelled.has(entityKey))) continue;
      const times = timelines.map(() => [] as bigint[]);
      for (const { keyframes, frameTimes, rows } of entries) {
        for (let row = 0; row < rows; row++) {
          if (((keyframes?.[row] ?? 0) & codec) === 0) continue;
          for (const [index, entryTimes] of frameTimes.entries()) times[index]?.push(entryTimes[row] as bigint);
        }
      }
      if (times[0]?.length !== 0)
        yield { storeId, entityPath, timelines, times: times.map((all) => BigInt64Array.from(all)) };
    }
  }

  *#chunksOf({ storeId, entityKey, timelines, components, entries, times }: ChunkKind): Generator<PlannedChunk> {
    entries.sort((a, b) => (a.firstId < b.firstId ? -1 : a.firstId > b.firstId ? 1 : 0));
    if (timelines.length === 0 && this.#limits.keepStaticChunks) {
      for (const entry of entries) yield { ...wholeChunk(entry), storeId, components: undefined };
      return;
    }
    const codec = this.#codecs.get(entityKey) ?? 0;
    const parts = partsOf(components, entries, this.#limits.splitSizeRatio);
    for (const part of parts) {
      // The optimizer writes new labels of key frames.
      const isLabel = part.length === 1 && components[part[0] as number]?.name === IS_KEYFRAME;
      if (isLabel && this.#limits.fixKeyframes && codec !== 0) continue;
      const bytesOf = ({ rows, componentBytes }: ChunkEntry): number =>
        part.reduce((sum, index) => sum + (componentBytes[index] as number), rows * (16 + timelines.length * 8));
      const names = new Set(part.map((index) => components[index]?.name ?? ""));
      const isVideo = this.#limits.gopBatching && codec !== 0 && names.has(SAMPLE);
      const isCut = (entry: ChunkEntry, row: number): boolean => ((entry.keyframes?.[row] ?? 0) & codec) !== 0;
      const packed = packChunks(entries, times, bytesOf, this.#limits, isVideo ? isCut : undefined);
      for (const each of packed) yield { ...each, storeId, components: parts.length === 1 ? undefined : names };
    }
  }
}

function columnKey({ name, field }: ChunkColumn): string {
  const { metadata } = field;
  return JSON.stringify([
    name,
    typeKey(field.type),
    metadata.get("rerun:archetype"),
    metadata.get("rerun:component_type"),
  ]);
}

/** The components that share a chunk, by their positions. Components of one archetype stay together. */
function partsOf(
  components: ChunkKind["components"],
  entries: readonly ChunkEntry[],
  ratio: number | null,
): readonly (readonly number[])[] {
  const sizes = new Map<string, { indices: number[]; bytes: number }>();
  for (const [index, { name, archetype }] of components.entries()) {
    // Separate, because readers look for key frames without reading frames.
    const key = name === IS_KEYFRAME ? name : archetype;
    const part = sizes.get(key) ?? { indices: [], bytes: 0 };
    sizes.set(key, part);
    part.indices.push(index);
    for (const { componentBytes } of entries) part.bytes += componentBytes[index] as number;
  }
  const marks = sizes.get(IS_KEYFRAME);
  sizes.delete(IS_KEYFRAME);
  const parts: number[][] = [];
  let smallest = 0;
  for (const { indices, bytes } of [...sizes.values()].sort((a, b) => a.bytes - b.bytes)) {
    const last = parts.at(-1);
    if (last !== undefined && (ratio === null || bytes <= smallest * ratio)) pushAll(last, indices);
    else {
      parts.push([...indices]);
      smallest = bytes;
    }
  }
  if (marks !== undefined) parts.push(marks.indices);
  return parts.length === 0 ? [[]] : parts;
}
