import { readChunks } from "@rerun-ts/test-support/common/read-chunks";

/** The values of the timeline `row` of the entity `/rows` in a recording, which may be truncated. */
export function rowNumbers(rrd: Uint8Array): Set<number> {
  const chunks = readChunks(rrd).filter(({ entityPath }) => entityPath === "/rows");
  return new Set(chunks.flatMap(({ times }) => times["row"] ?? []).map(Number));
}

/** The rows from 0 to `count` that are in none of these sets. */
export function missingRows(count: number, ...found: readonly ReadonlySet<number>[]): number[] {
  return Array.from({ length: count }, (_, row) => row).filter((row) => !found.some((set) => set.has(row)));
}
