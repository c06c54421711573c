import type { QueryOptions, RecordingReader } from "@rerun-ts/reading";
import type { Random } from "./random-recording.ts";

const CONTENTS = ["/**", "/a", "/a/**", "/a2", "-/a/b", "+/p\\ q", "-/**", "/__properties/**", "/nothing", "/"];

/** A query of a recording, the same for the same random numbers. */
export function randomQuery(recording: RecordingReader, random: Random): QueryOptions {
  const { indexes } = recording.schema();
  const index = indexes[random(indexes.length + 1)]?.name ?? null;
  const range = index === null ? undefined : recording.timeRange(index);
  const isResampled = range !== undefined && random(3) === 0;
  return {
    index,
    ...(random(3) > 0 && { contents: contentsFor(recording, random) }),
    ...(isResampled && { usingIndexValues: valuesIn(range, random) }),
    fillLatestAt: random(2) === 0,
    includeSemanticallyEmptyColumns: random(3) === 0,
    includeTombstoneColumns: random(3) === 0,
  };
}

/** Expressions of which a recording has something: Rerun gives an empty table for others, and we an error. */
function contentsFor(recording: RecordingReader, random: Random): readonly string[] {
  for (;;) {
    const contents = Array.from({ length: random(4) }, () => CONTENTS[random(CONTENTS.length)] ?? "");
    try {
      recording.query({ index: null, contents });
      return contents;
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
    }
  }
}

function valuesIn({ start, end }: { readonly start: bigint; readonly end: bigint }, random: Random): BigInt64Array {
  const step = (end - start) / 11n;
  const values = Array.from({ length: random(8) }, () => start + step * BigInt(random(14) - 1) + BigInt(random(2)));
  return BigInt64Array.from(new Set(values));
}

/** A query as the arguments of Rerun's `reader`. */
export function nativeQuery(query: QueryOptions): Record<string, unknown> {
  const values = query.usingIndexValues as BigInt64Array | undefined;
  return {
    index: query.index,
    contents: query.contents ?? null,
    fill_latest_at: query.fillLatestAt ?? false,
    include_semantically_empty_columns: query.includeSemanticallyEmptyColumns ?? false,
    include_tombstone_columns: query.includeTombstoneColumns ?? false,
    ...(values !== undefined && { using_index_values: Array.from(values, String) }),
  };
}

/** Queries of a recording of which nothing is known. */
export function queriesOfGoldens(recording: RecordingReader): QueryOptions[] {
  const all = { includeSemanticallyEmptyColumns: true, includeTombstoneColumns: true };
  const queries: QueryOptions[] = [{ index: null, contents: ["/**", "/__properties/**"], ...all }];
  for (const { name: index } of recording.schema().indexes) {
    queries.push({ index }, { index, fillLatestAt: true, ...all });
    const range = recording.timeRange(index);
    if (range === undefined) continue;
    const usingIndexValues = BigInt64Array.from(new Set([range.start, (range.start + range.end) / 2n, range.end]));
    queries.push({ index, fillLatestAt: true, usingIndexValues });
  }
  return queries;
}
