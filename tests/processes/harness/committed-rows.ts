import type { ObjectStore } from "@rerun-ts/storage";
import type { Commit } from "@rerun-ts/storage/ingest";
import { readEncodedMessages } from "@rerun-ts/core/decode";
import { readChunks } from "@rerun-ts/test-support/common/read-chunks";
import { expect } from "vitest";

/** The commits of all partitions. @throws if one is missing in between */
export async function readCommits(store: ObjectStore): Promise<Commit[]> {
  const commits: Commit[] = [];
  const next = new Map<string, number>();
  for await (const { key } of store.list("v1/fleet/log/")) {
    const [, partition = "", digits = ""] = /^v1\/fleet\/log\/(\d+)\/(\d{16})[.]json$/.exec(key) ?? [];
    const number = (next.get(partition) ?? 0) + 1;
    expect([key, Number(digits)]).toEqual([key, number]);
    next.set(partition, number);
    commits.push(JSON.parse(new TextDecoder().decode(await store.read(key))) as Commit);
  }
  return commits;
}

/** Reads a committed part, which may be in a bundle. */
export function readCommitted(store: ObjectStore, part: Commit["parts"][number]): Promise<Uint8Array> {
  const { key, offset } = part.bundle ?? { key: part.key, offset: 0 };
  return store.read(key, { offset, length: part.bytes });
}

/** The entity of each chunk of a part. */
export function entityPaths(rrd: Uint8Array): readonly string[] {
  return readEncodedMessages(rrd).flatMap(({ manifest }) => manifest?.entityPath ?? []);
}

/** The entity and the chunk id of each static chunk of a part. Other parts repeat it under the same id. */
export function staticChunks(rrd: Uint8Array): readonly { readonly entityPath: string; readonly id: string }[] {
  return readEncodedMessages(rrd).flatMap(({ isStatic, chunkId, manifest }) =>
    isStatic && manifest !== undefined ? [{ entityPath: manifest.entityPath, id: JSON.stringify(chunkId) }] : [],
  );
}

/**
 * Counts the rows of a part by entity, row and value, its clouds by their points, and its static notes.
 *
 * @param noted the ids of the notes in the parts before, which count once
 */
export function countRows(rrd: Uint8Array, rows: Map<string, number>, noted: Set<string>): void {
  const note = (name: string): void => void rows.set(name, (rows.get(name) ?? 0) + 1);
  for (const { entityPath, id } of staticChunks(rrd)) {
    if (entityPath.startsWith("/note/") && !noted.has(id)) note(entityPath);
    noted.add(id);
  }
  for (const { entityPath, times, components, counts } of readChunks(rrd)) {
    for (const [index, time] of (times["row"] ?? []).entries()) {
      const [value] = (components["Scalars:scalars"]?.[index] ?? []) as number[];
      note(`${entityPath} ${time} ${value ?? counts["Points3D:positions"]?.[index] ?? ""}`);
    }
  }
}

/** The rows that are missing, there too often, or wrong: the first of them. */
export function differences(found: ReadonlyMap<string, number>, expected: ReadonlyMap<string, number>): unknown[] {
  const names = new Set([...found.keys(), ...expected.keys()]);
  const wrong = [...names].filter((name) => found.get(name) !== expected.get(name));
  const shown = wrong
    .slice(0, 20)
    .map((name) => `${name}: ${found.get(name) ?? 0} instead of ${expected.get(name) ?? 0}`);
  return wrong.length > shown.length ? [...shown, `${wrong.length} in all`] : shown;
}
