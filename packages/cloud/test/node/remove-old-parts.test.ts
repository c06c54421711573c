import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { compactParts, fsStore, openParts, removeOldParts, type RemoveOldPartsOptions } from "@rerun-ts/cloud";
import { makeTemporaryFolder } from "@rerun-ts/test-support/node/temporary-folder";
import { afterAll, describe, expect, it } from "vitest";
import { keysIn, makeOlder, readRows, UploadedRecording } from "../stored-rows.ts";

const folder = makeTemporaryFolder();
afterAll(() => folder.remove());

const DAY = 24;

/** A store with recordings whose parts have some ages, in hours. */
async function storeWith(ages: Readonly<Record<string, readonly number[]>>) {
  const base = join(folder.path, randomUUID());
  const path = join(base, "store");
  const store = fsStore(path);
  for (const [id, hours] of Object.entries(ages)) {
    const rec = new UploadedRecording(store, join(base, "spool"), id);
    await rec.logParts(hours.length);
    await rec.recording.close();
    const keys = await keysIn(store, `v1/fleet/direct/${id}/`);
    for (const [index, key] of keys.entries()) await makeOlder(path, store, key, hours[index] ?? 0);
  }
  const remove = async (options: Partial<RemoveOldPartsOptions>): Promise<(readonly [string, number, boolean])[]> => {
    const removed = await removeOldParts(store, { dataset: "fleet", ...options });
    return removed.map(({ recordingId, keys, isWhole }) => [recordingId, keys.length, isWhole] as const);
  };
  return { path, store, remove };
}

const half = (from: number, to: number): number[] =>
  Array.from({ length: to - from }, (_, index) => (from + index) / 2);

describe("removeOldParts", () => {
  it("removes recordings whose newest part is too old, and their objects a day later", async () => {
    const { path, store, remove } = await storeWith({
      old: [50 * DAY, 31 * DAY],
      running: [50 * DAY, 29 * DAY],
      new: [0],
    });
    expect(await remove({ keepDays: 30, dryRun: true })).toEqual([["old", 2, true]]);
    expect(await readRows(store, "old")).toEqual(half(0, 10));
    expect(await remove({ keepDays: 30 })).toEqual([["old", 2, true]]);
    await expect(openParts(store, { dataset: "fleet", recordingId: "old" })).rejects.toMatchObject({
      code: "NOT_FOUND",
    });
    expect(await readRows(store, "running")).toEqual(half(0, 10));
    expect(await remove({ keepDays: 30 })).toEqual([]);
    expect((await compactParts(store, { dataset: "fleet" })).deleted.objects).toBe(0);
    await makeOlder(path, store, "v1/fleet/compact/", 25);
    expect((await compactParts(store, { dataset: "fleet" })).deleted.objects).toBe(2);
    expect(await keysIn(store, "v1/fleet/direct/old/")).toEqual([]);
  });

  it("removes the oldest recordings until the rest fits, but nothing of the last hour", async () => {
    const { store, remove } = await storeWith({ b: [30], a: [20, 20], c: [10], now: [30, 0] });
    let bytes = 0;
    for await (const { size } of store.list("v1/fleet/direct/")) bytes += size;
    expect(await remove({ keepBytes: bytes, dryRun: true })).toEqual([]);
    expect(await remove({ keepBytes: bytes - 1, dryRun: true })).toEqual([["b", 1, true]]);
    expect(await remove({ keepBytes: 1, recordingIds: ["a", "now"], dryRun: true })).toEqual([["a", 2, true]]);
    expect(await remove({ keepBytes: 0, keepDays: 1e6 })).toEqual([
      ["b", 1, true],
      ["a", 2, true],
      ["c", 1, true],
    ]);
    expect(await readRows(store, "now")).toEqual(half(0, 10));
  });

  it("removes single parts of recordings on request, by the age of their data", async () => {
    const { path, store, remove } = await storeWith({ a: [50 * DAY, 40 * DAY, 30 * DAY, 20 * DAY, 10 * DAY] });
    const { compacted } = await compactParts(store, { dataset: "fleet", recordingIds: ["a"] });
    expect(compacted).toHaveLength(1);
    // The part of all is as old as its newest data, although it was made now.
    expect(await remove({ keepDays: 11, unit: "part" })).toEqual([]);
    expect(await remove({ keepDays: 9, unit: "part", dryRun: true })).toEqual([["a", 1, true]]);
    await makeOlder(path, store, "v1/fleet/compact/", 25);
    const other = await storeWith({ a: [50 * DAY, 40 * DAY, 30 * DAY, 20 * DAY, 10 * DAY] });
    expect(await other.remove({ keepDays: 25, unit: "part" })).toEqual([["a", 3, false]]);
    // Each part has the static data.
    expect(await readRows(other.store, "a")).toEqual(half(15, 25));
    await using file = await openParts(other.store, { dataset: "fleet", recordingId: "a" });
    expect(Object.keys(await file.recording().latestAt({ index: "row", at: 24 }))).toContain("/note:TextLog:text");
  });

  it("says which option is wrong", async () => {
    const { remove } = await storeWith({});
    await expect(remove({})).rejects.toThrow("`keepDays` must be a number of days, or `keepBytes` must be given");
    await expect(remove({ keepDays: -1 })).rejects.toThrow("`keepDays` must be");
    await expect(remove({ keepDays: 1, unit: "rows" as never })).rejects.toThrow(
      '`unit` must be "recording" or "part"',
    );
  });
});
