import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { compactParts, fsStore, openParts, removeOldParts, type ObjectStore } from "@rerun-ts/cloud";
import { makeTemporaryFolder } from "@rerun-ts/test-support/node/temporary-folder";
import { afterAll, describe, expect, it } from "vitest";
import { keysIn, makeOlder, readRows, UploadedRecording } from "../stored-rows.ts";

const folder = makeTemporaryFolder();
afterAll(() => folder.remove());

/** A store that counts its reads, and how many of them run at a time. */
function counting(store: ObjectStore): { readonly store: ObjectStore; readonly reads: string[]; most: number } {
  let running = 0;
  const counted = { store, reads: [] as string[], most: 0 };
  const read: ObjectStore["read"] = async (key, options) => {
    counted.reads.push(key);
    counted.most = Math.max(counted.most, ++running);
    try {
      await sleep(2);
      return await store.read(key, options);
    } finally {
      running--;
    }
  };
  counted.store = new Proxy(store, {
    get(target, name: keyof ObjectStore) {
      if (name === "read") return read;
      const value: unknown = target[name];
      return typeof value === "function" ? (value.bind(target) as unknown) : value;
    },
  });
  return counted;
}

describe("a recording with many replacements", () => {
  it("is opened with many reads at a time, and has each row once", async () => {
    const store = fsStore(join(folder.path, randomUUID()));
    const monday = new UploadedRecording(store, join(folder.path, randomUUID()), "monday");
    await monday.logParts(5);
    await compactParts(store, { dataset: "fleet" });
    // As a compactor leaves them that has found its part to be there already.
    const empty = new TextEncoder().encode(JSON.stringify({ version: 1, owner: "a", adds: [], removes: [] }));
    for (let number = 2; number <= 600; number++)
      await store.create(`v1/fleet/compact/monday/${String(number).padStart(16, "0")}.json`, empty);
    await monday.logParts(1);
    await compactParts(store, { dataset: "fleet", minParts: 2 });
    const counted = counting(store);
    await using file = await openParts(counted.store, { dataset: "fleet", recordingId: "monday" });
    expect(file.recording().numRows).toBeGreaterThan(0);
    const replacements = counted.reads.filter((key) => key.includes("/compact/"));
    expect(replacements.length).toBeGreaterThanOrEqual(600);
    expect(new Set(replacements).size).toBe(replacements.length);
    expect(counted.most).toBeGreaterThanOrEqual(32);
    expect(counted.most).toBeLessThanOrEqual(128);
    expect(await readRows(store, "monday")).toEqual(Array.from({ length: 30 }, (_, row) => row / 2));
  });
});

describe("recordings that were removed", () => {
  it("are not read by later calls that look at all recordings", async () => {
    const path = join(folder.path, randomUUID());
    const store = fsStore(path);
    for (let index = 0; index < 5; index++)
      await new UploadedRecording(store, join(folder.path, randomUUID()), `gone-${index}`).logParts(2);
    await makeOlder(path, store, "v1/fleet/", 72);
    expect(await removeOldParts(store, { dataset: "fleet", keepDays: 1 })).toMatchObject({ recordings: 5, failed: [] });
    await makeOlder(path, store, "v1/fleet/", 72);
    await compactParts(store, { dataset: "fleet" });
    expect((await keysIn(store, "v1/fleet/")).filter((key) => key.endsWith(".rrd"))).toEqual([]);
    const counted = counting(store);
    await compactParts(counted.store, { dataset: "fleet" });
    await removeOldParts(counted.store, { dataset: "fleet", keepDays: 1 });
    expect(counted.reads).toEqual([]);
    // What arrives under such a name later goes on behind its earlier changes.
    const again = new UploadedRecording(store, join(folder.path, randomUUID()), "gone-0");
    await again.logParts(5);
    await compactParts(store, { dataset: "fleet" });
    expect(await readRows(store, "gone-0")).toEqual(Array.from({ length: 25 }, (_, row) => row / 2));
    expect((await keysIn(store, "v1/fleet/compact/gone-0/")).length).toBe(2);
  });
});
