import { checkAborted } from "@rerun-ts/core/util";
import type { RecordingReader } from "../reading/recording-reader.ts";
import type { ReadOptions } from "../source/random-access.ts";
import type { ChunkInfo } from "../store/chunk-info.ts";
import type { ChunkData } from "../store/chunk-data.ts";
import type { CountedLayouts } from "./counted-layout.ts";
import { EqualColumns } from "./equal-columns.ts";
import { IdOrder } from "./id-order.ts";

/** An entity whose chunks have been equal so far. */
interface Candidate {
  /** The chunks of the entity in the other recording. */
  readonly others: readonly ChunkInfo[];
  readonly orders: readonly [IdOrder, IdOrder];
  readonly staticOrders: readonly [IdOrder, IdOrder];
  /** The number of chunks that were taken. */
  taken: number;
  compared: number;
  rows: number;
}

/** Two chunks at the same position in both recordings. */
interface Pair {
  readonly path: string;
  readonly chunk: ChunkInfo;
  readonly other: ChunkInfo;
}

/** The limits of the chunks of each recording that are read together. */
const MAX_CHUNKS = 64;
const MAX_BYTES = 4 * 1024 * 1024;

/**
 * Finds entities that are certainly equal, because each chunk has the same columns as the chunk at its position in the
 * other recording, and rows in the same order. Reads both recordings once, in the order of the first one. Skips the
 * rest of an entity after its first difference.
 *
 * @returns the number of rows by entity path
 */
export async function equalEntities(
  actual: RecordingReader,
  expected: RecordingReader,
  countsEntity: (entityPath: string) => boolean,
  layouts: CountedLayouts,
  options: ReadOptions,
): Promise<ReadonlyMap<string, number>> {
  const candidates = candidatesOf(actual, expected, countsEntity);
  const columns = new EqualColumns();
  const isEqual = (candidate: Candidate, a: ChunkData, b: ChunkData): boolean => {
    const [layoutA, layoutB] = [layouts.of(a.layout), layouts.of(b.layout)];
    if (!columns.areIn(a, layoutA, b, layoutB)) return false;
    const [order, otherOrder] = layoutA.isStatic ? candidate.staticOrders : candidate.orders;
    if (a !== b) return order.add(a, layoutA.timelineNames) && otherOrder.add(b, layoutB.timelineNames);
    // Read now, to detect damage.
    void a.rowIds;
    return true;
  };
  try {
    for (const pairs of pairGroups(actual, candidates)) {
      const chunks = await actual.readOnce(
        pairs.map(({ chunk }) => chunk),
        options,
      );
      const others =
        actual === expected
          ? chunks
          : await expected.readOnce(
              pairs.map(({ other }) => other),
              options,
            );
      for (const [index, { path }] of pairs.entries()) {
        const candidate = candidates.get(path);
        if (candidate === undefined) continue;
        const [a, b] = [chunks[index] as ChunkData, others[index] as ChunkData];
        if (isEqual(candidate, a, b)) {
          candidate.compared++;
          candidate.rows += a.rows;
        } else candidates.delete(path);
      }
    }
  } catch {
    // Reading the rows of the entity reports the damage.
    checkAborted(options.signal);
  }
  return new Map(
    [...candidates].flatMap(([path, { others, compared, rows }]) => (compared === others.length ? [[path, rows]] : [])),
  );
}

/** The entities that have as many chunks in both recordings. */
function candidatesOf(
  actual: RecordingReader,
  expected: RecordingReader,
  countsEntity: (entityPath: string) => boolean,
): Map<string, Candidate> {
  const candidates = new Map<string, Candidate>();
  for (const [path, chunks] of actual.entries.chunksByEntity) {
    const others = expected.entries.chunksByEntity.get(path);
    if (others?.length !== chunks.length || !countsEntity(path)) continue;
    const orders = [new IdOrder(), new IdOrder()] as const;
    const staticOrders = [new IdOrder(), new IdOrder()] as const;
    candidates.set(path, { others, orders, staticOrders, taken: 0, compared: 0, rows: 0 });
  }
  return candidates;
}

function* pairGroups(actual: RecordingReader, candidates: Map<string, Candidate>): Generator<readonly Pair[]> {
  let pairs: Pair[] = [];
  let bytes = 0;
  for (const chunk of actual.entries.chunks) {
    const path = chunk.entityPath;
    const candidate = candidates.get(path);
    if (candidate === undefined) continue;
    const other = candidate.others[candidate.taken++] as ChunkInfo;
    pairs.push({ path, chunk, other });
    bytes += Math.max(chunk.place.length, other.place.length);
    if (pairs.length < MAX_CHUNKS && bytes < MAX_BYTES) continue;
    yield pairs;
    pairs = [];
    bytes = 0;
  }
  if (pairs.length > 0) yield pairs;
}
