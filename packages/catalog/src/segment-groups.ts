import { pushAll } from "@rerun-ts/core/util";
import type { CandidateChunk } from "./find-chunks.ts";

/** Segments whose chunks are fetched by one call. */
export interface SegmentGroup {
  readonly segments: readonly string[];
  readonly chunks: readonly CandidateChunk[];
  readonly bytes: number;
}

/** The size of the largest group. A larger segment is a separate group. */
const GROUP_BYTES = 8 * 1024 * 1024;
const GROUP_CHUNKS = 1024;
/**
 * The first group has one segment, so that its rows arrive soon. Each further group may have this many times as many.
 */
const GROWTH = 2;

/**
 * Divides segments into groups that are fetched by one call each. The segments of a group share no chunk, because the
 * responses name only chunks.
 */
export function* segmentGroups(
  segments: readonly string[],
  chunks: ReadonlyMap<string, readonly CandidateChunk[]>,
): Generator<SegmentGroup> {
  let group: { segments: string[]; chunks: CandidateChunk[]; bytes: number } | undefined;
  let ids = new Set<string>();
  let limit = 1;
  for (const segment of segments) {
    const own = distinct(chunks.get(segment) ?? []);
    const bytes = own.reduce((sum, chunk) => sum + chunk.bytes, 0);
    const fits =
      group !== undefined &&
      group.segments.length < limit &&
      group.bytes + bytes <= GROUP_BYTES &&
      group.chunks.length + own.length <= GROUP_CHUNKS &&
      !own.some(({ id }) => ids.has(id));
    if (group !== undefined && !fits) {
      yield group;
      group = undefined;
      limit *= GROWTH;
    }
    if (group === undefined) {
      group = { segments: [], chunks: [], bytes: 0 };
      ids = new Set();
    }
    group.segments.push(segment);
    pushAll(group.chunks, own);
    group.bytes += bytes;
    for (const { id } of own) ids.add(id);
  }
  if (group !== undefined) yield group;
}

/** Removes duplicates of chunks that are in several layers. */
function distinct(chunks: readonly CandidateChunk[]): readonly CandidateChunk[] {
  return [...new Map(chunks.map((chunk) => [chunk.id, chunk])).values()];
}
