import { readChunks } from "../../../packages/core/test/contract/read-chunks.ts";

/** The values of the timeline `row` that the entity `/rows` has in a recording, whole or not. */
export function rowNumbers(rrd: Uint8Array): Set<number> {
  const chunks = readChunks(rrd).filter(({ entityPath }) => entityPath === "/rows");
  return new Set(chunks.flatMap(({ times }) => times["row"] ?? []).map(Number));
}

/** Which of the rows 0 to `count` are in none of these sets. */
export function missingRows(count: number, ...found: readonly ReadonlySet<number>[]): number[] {
  return Array.from({ length: count }, (_, row) => row).filter((row) => !found.some((set) => set.has(row)));
}
