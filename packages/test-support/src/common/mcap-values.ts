import type { Chunk } from "@rerun-ts/reading";
import { mcapChunks, type McapOptions, type McapProblem } from "@rerun-ts/mcap";

/** Values of a component on an entity, as JSON-like values. */
export function valuesOf(chunks: readonly Chunk[], entity: string, component: string): unknown[] {
  const found: unknown[] = [];
  for (const { entityPath, table } of chunks) {
    if (entityPath !== entity) continue;
    for (const value of table.getChild(component) ?? [])
      found.push(JSON.parse(JSON.stringify(value, plain)) as unknown);
  }
  return found;
}

function plain(_key: string, value: unknown): unknown {
  if (typeof value === "bigint") return Number(value);
  return ArrayBuffer.isView(value) ? Array.from(value as Uint8Array) : value;
}

/** Converts a file, and returns its chunks and problems. */
export async function convert(
  bytes: Uint8Array,
  options: McapOptions = {},
): Promise<{ chunks: Chunk[]; problems: McapProblem[] }> {
  const problems: McapProblem[] = [];
  const chunks: Chunk[] = [];
  for await (const chunk of mcapChunks(bytes, { onProblem: (problem) => problems.push(problem), ...options }))
    chunks.push(chunk);
  return { chunks, problems };
}
