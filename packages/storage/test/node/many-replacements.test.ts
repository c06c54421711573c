import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { compactParts, fsStore, openParts, removeOldParts, type ObjectStore } from "@rerun-ts/storage";
import { makeTemporaryFolder } from "@rerun-ts/test-support/node/temporary-folder";
import { afterAll, describe, expect, it } from "vitest";
import { keysIn, makeOlder, readRows, UploadedRecording } from "../stored-rows.ts";

const folder = makeTemporaryFolder();
afterAll(() => folder.remove());

interface Counted {
  readonly store: ObjectStore;
  readonly reads: string[];
  /** The most reads and lists at a time. */
  most: number;
  mostLists: number;
}

/** A store that counts its reads, and how many of them run at a time. @param beforeRead what a read waits for */
function counting(store: ObjectStore, beforeRead: (key: string) => Promise<unknown> = () => sleep(2)): Counted {
  let [running, lists] = [0, 0];
  const counted = { store, reads: [] as string[], most: 0, mostLists: 0 };
  const list: ObjectStore["list"] = async function* (prefix, options) {
    counted.mostLists = Math.max(counted.mostLists, ++lists);
    await sleep(2);
    lists--;
    yield* store.list(prefix, options);
  };
  const read: ObjectStore["read"] = async (key, options) => {
    counted.reads.push(key);
    counted.most = Math.max(counted.most, ++running);
    try {
      await beforeRead(key);
      return await store.read(key, options);
    } finally {
      running--;
    }
  };
  counted.store = new Proxy(store, {
    get(target, name: keyof ObjectStore) {
      if (name === "read") return read;
      if (name === "list") return list;
      const value: unknown = target[name];
      return typeof value === "function" ? (value.bind(target) as unknown) : value;
    },
  });
  return counted;
}

describe("a recording with many replacements", () => {
  const keyOf = (number: number): string => `v1/fleet/compact/monday/${String(number).padStart(16, "0")}.json`;

  it("is opened with many reads at a time, and has each row once", async () => {
    const store = fsStore(join(folder.path, randomUUID()));
    const monday = new UploadedRecording(store, join(folder.path, randomUUID()), "monday");
    await monday.logParts(5);
    await compactParts(store, { dataset: "fleet" });
    // As a compactor leaves them that has found its part to be there already.
    const empty = new TextEncoder().encode(JSON.stringify({ version: 1, owner: "a", adds: [], removes: [] }));
    for (let number = 2; number <= 600; number++) await store.create(keyOf(number), empty);
    await monday.logParts(1);
    await compactParts(store, { dataset: "fleet", minParts: 2 });
    const [slow, later] = [keyOf(200), keyOf(400)];
    let hasPassedSlow = false;
    const counted = counting(store, async (key) => {
      await sleep(2);
      // One slow answer does not hold up the requests for what comes after it.
      if (key !== slow) return;
      for (let waits = 0; !counted.reads.includes(later) && waits < 100; waits++) await sleep(20);
      hasPassedSlow = counted.reads.includes(later);
    });
    await using file = await openParts(counted.store, { dataset: "fleet", recordingId: "monday" });
    expect([hasPassedSlow, counted.mostLists]).toEqual([true, 3]);
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
