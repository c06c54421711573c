import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { filterRrd } from "@rerun-ts/reading";
import { compactParts, fsStore, openParts, type RemoveOldPartsOptions } from "@rerun-ts/storage";
import { makeTemporaryFolder } from "@rerun-ts/test-support/node/temporary-folder";
import { afterAll, describe, expect, it } from "vitest";
import { compactAll, removeAll } from "../listed-work.ts";
import { keysIn, makeOlder, readRows, UploadedRecording } from "../stored-rows.ts";

const folder = makeTemporaryFolder();
afterAll(() => folder.remove());

const DAY = 24;

async function collect(pieces: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const all: Uint8Array[] = [];
  for await (const piece of pieces) all.push(piece);
  return Buffer.concat(all);
}

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
    const removed = await removeAll(store, { dataset: "fleet", ...options });
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
    const other = await storeWith({ a: [50 * DAY, 40 * DAY, 30 * DAY, 20 * DAY, 10 * DAY] });
    expect(await other.remove({ keepDays: 25, unit: "part" })).toEqual([["a", 3, false]]);
    // Each part has the static data.
    expect(await readRows(other.store, "a")).toEqual(half(15, 25));
    await using file = await openParts(other.store, { dataset: "fleet", recordingId: "a" });
    expect(Object.keys(await file.recording().latestAt({ index: "row", at: 24 }))).toContain("/note:TextLog:text");
  });

  it("keeps rows no longer than one day beyond the limit when parts are merged", async () => {
    const ages = [20, 19, 10, 9].flatMap((day) => [day * DAY, day * DAY, day * DAY, day * DAY]);
    const { store, remove } = await storeWith({ a: ages });
    const { compacted } = await compactAll(store, { dataset: "fleet" });
    expect(compacted.map(({ replaced }) => replaced.length)).toEqual([4, 4, 4, 4]);
    // A part of merged ones is as old as its newest data, although it was made now.
    expect(await remove({ keepDays: 12, unit: "part" })).toEqual([["a", 2, false]]);
    expect(await readRows(store, "a")).toEqual(half(40, 80));
    expect(await remove({ keepDays: 8, unit: "part", dryRun: true })).toEqual([["a", 2, true]]);
  });

  it("keeps static data that no other part has, also when the rest of its part is removed", async () => {
    const { store, remove } = await storeWith({ a: [50 * DAY, 40 * DAY, 1] });
    // Parts of `PartsSink` repeat static data. Those of other writers need not.
    const [, ...others] = await keysIn(store, "v1/fleet/direct/a/");
    for (const [index, key] of others.entries()) {
      const bare = await collect(filterRrd(await store.read(key), { contents: ["/rows", "/any"] }));
      await store.delete(key);
      await store.create(key, bare);
      if (index === 0) await makeOlder(fileURLToPath(store.url), store, key, 40 * DAY);
    }
    expect(await remove({ keepDays: 10, unit: "part" })).toEqual([["a", 2, false]]);
    expect(await readRows(store, "a")).toEqual(half(10, 15));
    await using file = await openParts(store, { dataset: "fleet", recordingId: "a" });
    const latest = await file.recording().latestAt({ index: "row", at: 14 });
    expect(String(latest["/note:TextLog:text"]?.get(0))).toBe("second");
    // The part with the static data is as young as the recording.
    expect(await remove({ keepDays: 10, unit: "part" })).toEqual([]);
  });

  it("counts each recording once, also if it is named twice", async () => {
    const { store, remove } = await storeWith({ a: [30 * DAY, 20 * DAY] });
    let bytes = 0;
    for await (const { size } of store.list("v1/fleet/direct/")) bytes += size;
    expect(await remove({ keepBytes: bytes, recordingIds: ["a", "a"], unit: "part" })).toEqual([]);
  });

  it("says which option is wrong", async () => {
    const { remove } = await storeWith({});
    await expect(remove({})).rejects.toThrow("`keepDays` must be a number of days unless `keepBytes` is set");
    await expect(remove({ keepDays: -1 })).rejects.toThrow("`keepDays` must be");
    await expect(remove({ keepDays: 1, unit: "rows" as never })).rejects.toThrow(
      '`unit` must be "recording" or "part"',
    );
  });
});
