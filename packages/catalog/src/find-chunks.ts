import type { MessageInitShape } from "@bufbuild/protobuf";
import { RerunError } from "@rerun-ts/core";
import {
  DirectUrlMode,
  FillMode,
  cloudService,
  type ContentSelectionSchema,
  type EntitySelectionSchema,
  type FindChunksRequest,
  type FindChunksRequestSchema,
  type SegmentSelectionSchema,
} from "./catalog-service.ts";
import { getOrAdd } from "@rerun-ts/core/util";
import { DataType } from "apache-arrow";
import { RepeatedSchemas } from "@rerun-ts/reading/chunks";
import { chunkIdAt, type StoreIndex } from "@rerun-ts/reading/query";
import type { CatalogCall, CatalogCalls } from "./catalog-calls.ts";
import { directPlaces, type DirectPlace } from "./direct-places.ts";
import { maxArrowBytes, type ChunkRow } from "./fetch-chunks.ts";
import { batchesOfPart, columnOf, tableOfResponse, limitedParts, textsOf } from "./server-tables.ts";

type Contents = MessageInitShape<typeof ContentSelectionSchema>;
type Mode = NonNullable<Exclude<MessageInitShape<typeof FindChunksRequestSchema>, FindChunksRequest>["mode"]>;

/** A chunk that a query may need. */
export interface CandidateChunk extends ChunkRow {
  readonly id: string;
  readonly segment: string;
  /** The size of the Arrow data, or of the message if that is unknown. */
  readonly bytes: number;
  /** The largest size that the Arrow data may have after this announcement. */
  readonly maxBytes: number;
  /** The place where the message can be read without the server. `undefined` if only the server can read it. */
  readonly direct: DirectPlace | undefined;
}

/** The criteria for a search of chunks. */
export interface ChunkSearch {
  /** The components of each entity that count. */
  readonly contents: ReadonlyMap<string, ReadonlySet<string> | "all">;
  /** All components of the dataset. */
  readonly dataset: StoreIndex;
  /** The timeline. `undefined` for static chunks only. */
  readonly timeline: string | undefined;
  /** The segments. `undefined` for all. */
  readonly segments: readonly string[] | undefined;
  /** The times of each segment, in place of a range. */
  readonly samples: ReadonlyMap<string, BigInt64Array> | undefined;
  readonly from: bigint | undefined;
  readonly to: bigint | undefined;
  /** Whether values from before count. */
  readonly isFilled: boolean;
  /** Whether clears of entities above count, which are not among the contents. */
  readonly seesClearsAbove: boolean;
}

/** The component that clears an entity, and optionally the entities below it. */
const CLEAR = "Clear:is_recursive";

/** The largest ratio of Arrow data to its announced size, because servers count memory in different ways. */
const MAX_GROWTH_OF_ARROW = 4;

/** Finds the chunks that a query may need, by segment. */
export async function findChunks(
  calls: CatalogCalls,
  search: ChunkSearch,
  call: CatalogCall,
): Promise<Map<string, CandidateChunk[]>> {
  const found = new Map<string, CandidateChunk[]>();
  const wantsUrls = calls.settings.fetchUrl !== undefined;
  const directUrlMode = wantsUrls ? DirectUrlMode.SIGNED : DirectUrlMode.OMIT;
  const request = { contents: selectionOfContents(search), mode: modeOf(search), directUrlMode };
  const responses = calls.responses(cloudService.method.findChunks, request, call);
  // A server sends a table for each layer of a segment.
  const schemas = new RepeatedSchemas();
  for await (const { data } of limitedParts(responses, call, tableOfResponse)) {
    for (const batch of batchesOfPart(data, schemas)) {
      const segments = textsOf(batch, "chunk_segment_id");
      const ids = columnOf(batch, "chunk_id");
      if (ids === undefined || !DataType.isFixedSizeBinary(ids.type) || ids.type.byteWidth !== 16)
        throw new RerunError("INVALID_FORMAT", "the catalog sent chunks without ids");
      const exact = columnOf(batch, "chunk_byte_size_uncompressed");
      const sizes = exact ?? columnOf(batch, "chunk_byte_len");
      const places = wantsUrls ? directPlaces(batch, calls.url.origin) : undefined;
      for (const [row, segment = ""] of segments.entries()) {
        const size = Number((sizes?.values as BigUint64Array | undefined)?.[row] ?? 0);
        const bytes = size >= 0 ? size : 0;
        const maxBytes = exact === undefined || bytes === 0 ? maxArrowBytes(bytes) : bytes * MAX_GROWTH_OF_ARROW;
        const id = chunkIdAt(ids.values as Uint8Array, row);
        const chunk = { batch, row, segment, id, bytes, maxBytes, direct: places?.[row] };
        getOrAdd(found, segment, () => []).push(chunk);
      }
    }
  }
  return found;
}

/** The contents, and the entities whose clears affect them. */
function selectionOfContents({ contents, dataset, seesClearsAbove }: ChunkSearch): Contents {
  const clears = new Set<string>();
  for (const { entityPath, component } of seesClearsAbove ? dataset.columns : []) {
    const below = entityPath === "/" ? "/" : `${entityPath}/`;
    const isAbove = (path: string): boolean => path === entityPath || path.startsWith(below);
    if (component === CLEAR && [...contents.keys()].some(isAbove)) clears.add(entityPath);
  }
  const paths = [...new Set([...contents.keys(), ...clears])];
  const entities = paths.map((path): MessageInitShape<typeof EntitySelectionSchema> => {
    const components = contents.get(path);
    if (components === "all") return { entityPath: { path }, components: { case: "all", value: {} } };
    const ids = [...new Set([...(components ?? []), ...(clears.has(path) ? [CLEAR] : [])])];
    return { entityPath: { path }, components: { case: "explicit", value: { ids } } };
  });
  return { selection: { case: "explicit", value: { entities } } };
}

function modeOf({ timeline, segments, samples, from, to, isFilled }: ChunkSearch): Mode {
  const selected = selectionOf(segments);
  if (timeline === undefined) return { case: "static", value: { segments: selected } };
  if (samples === undefined) {
    // A query from the beginning has no earlier values to fill with.
    const fillMode = isFilled && from !== undefined ? FillMode.LATEST_AT : FillMode.NONE;
    const range = { timeline, fillMode, segments: selected };
    const ends = {
      ...(from === undefined ? {} : { startInclusive: from }),
      ...(to === undefined ? {} : { endInclusive: to }),
    };
    return { case: "range", value: { ...range, ...ends } };
  }
  const fillMode = isFilled ? FillMode.LATEST_AT : FillMode.NONE;
  const all = [...samples].map(([id, values]) => ({ segmentId: { id }, values: [...values] }));
  return { case: "samples", value: { timeline, fillMode, segments: all } };
}

function selectionOf(segments: readonly string[] | undefined): MessageInitShape<typeof SegmentSelectionSchema> {
  if (segments === undefined) return { selection: { case: "all", value: {} } };
  return { selection: { case: "explicit", value: { ids: segments.map((id) => ({ id })) } } };
}
