import { readFile } from "node:fs/promises";
import { decodeRrd } from "@rerun-ts/core/decode";
import { expect } from "vitest";
import { readChunk } from "../../packages/core/test/contract/read-chunks.ts";
import type { ViewerReport } from "../../tools/lib/viewer.mjs";

/** The components of each entity of a recording. */
export type Contents = Readonly<Record<string, readonly string[]>>;

/**
 * Fails unless a viewer shows every entity and every component that the file holds, and reports nothing.
 * Returns what the file holds.
 */
export async function expectContents({ errors, recordings, views }: ViewerReport, file: string): Promise<Contents> {
  const logged = await contentsOf(file);
  expect(errors).toEqual([]);
  expect(recordings).toHaveLength(1);
  expect(recordings[0]?.entities).toEqual(logged);
  expect(views.flatMap(({ reports }) => reports)).toEqual([]);
  return logged;
}

/** As apache-arrow reads the file. */
async function contentsOf(file: string): Promise<Contents> {
  const entities: Record<string, string[]> = {};
  for (const message of decodeRrd(await readFile(file))) {
    if (message.kind !== "chunk") continue;
    const { entityPath, components } = readChunk(message);
    entities[entityPath] = [...new Set([...(entities[entityPath] ?? []), ...Object.keys(components)])].sort();
  }
  return entities;
}
