import { readFile } from "node:fs/promises";
import { decodeRrd } from "@rerun-ts/core/decode";
import { expect } from "vitest";
import { readChunk } from "@rerun-ts/test-support/common/read-chunks";
import type { ViewerReport } from "@rerun-ts/test-support/viewers/viewer-report";

/** The components of each entity of a recording. */
export type Contents = Readonly<Record<string, readonly string[]>>;

/**
 * Fails unless a viewer shows every entity and every component of a file, and reports no problem.
 * Returns the contents of the file.
 */
export async function expectContents({ errors, recordings, views }: ViewerReport, file: string): Promise<Contents> {
  const logged = await contentsOf(file);
  expect(errors).toEqual([]);
  expect(recordings).toHaveLength(1);
  expect(recordings[0]?.entities).toEqual(logged);
  expect(views.flatMap(({ reports }) => reports)).toEqual([]);
  return logged;
}

/** The contents of a file, read with apache-arrow. */
async function contentsOf(file: string): Promise<Contents> {
  const entities: Record<string, string[]> = {};
  for (const message of decodeRrd(await readFile(file))) {
    if (message.kind !== "chunk" || message.storeId.kind !== "recording") continue;
    const { entityPath, components } = readChunk(message);
    entities[entityPath] = [...new Set([...(entities[entityPath] ?? []), ...Object.keys(components)])].sort();
  }
  return entities;
}
