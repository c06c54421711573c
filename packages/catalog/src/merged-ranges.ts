import { getOrAdd } from "@rerun-ts/core/util";
import type { DirectPlace } from "./direct-places.ts";

/** A range of a file with the chunks in it. */
export interface MergedRange<T> {
  readonly url: string;
  readonly etag: string | undefined;
  readonly start: number;
  readonly end: number;
  readonly chunks: readonly T[];
}

/** The longest range of several chunks, in bytes. Rerun's client has the same. */
const MAX_RANGE = 16 * 1024 * 1024;
/** Gaps between chunks are read along up to this part of the mean size of a chunk, as Rerun's client does. */
const GAP = 0.25;

/** The ranges of files that are read for some chunks: chunks near each other have one. */
export function mergedRanges<T extends { readonly direct: DirectPlace }>(
  chunks: readonly T[],
): readonly MergedRange<T>[] {
  const total = chunks.reduce((sum, { direct }) => sum + direct.length, 0);
  const maxGap = (total / chunks.length) * GAP;
  const byFile = new Map<string, T[]>();
  for (const chunk of chunks) {
    const { url, etag = "" } = chunk.direct;
    const file = `${etag} ${url}`;
    getOrAdd(byFile, file, () => []).push(chunk);
  }
  return [...byFile.values()].flatMap((all) => [...rangesOfFile(all, maxGap)]);
}

function* rangesOfFile<T extends { readonly direct: DirectPlace }>(
  chunks: readonly T[],
  maxGap: number,
): Generator<MergedRange<T>> {
  let range: { url: string; etag: string | undefined; start: number; end: number; chunks: T[] } | undefined;
  for (const chunk of [...chunks].sort((a, b) => a.direct.offset - b.direct.offset)) {
    const { url, etag, offset, length } = chunk.direct;
    const end = offset + length;
    if (range !== undefined && offset - range.end <= maxGap && end - range.start <= MAX_RANGE) {
      range.chunks.push(chunk);
      range.end = Math.max(range.end, end);
      continue;
    }
    if (range !== undefined) yield range;
    range = { url, etag, start: offset, end, chunks: [chunk] };
  }
  if (range !== undefined) yield range;
}
