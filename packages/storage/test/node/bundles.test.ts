import { randomUUID } from "node:crypto";
import { readFileSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fsStore, openParts, removeOldParts, type ObjectStore } from "@rerun-ts/storage";
import { makeTemporaryFolder } from "@rerun-ts/test-support/node/temporary-folder";
import { afterAll, describe, expect, it, onTestFinished } from "vitest";
import { bundleKey } from "../../dist/commits/bundle-keys.js";
import { CommittedParts } from "../../dist/commits/committed-parts.js";
import { surveyBucket } from "../../dist/fleet/survey-bucket.js";
import { PartFiles } from "../../dist/keeper/part-files.js";
import { findDamagedParts } from "../../dist/mend/damaged-parts.js";
import { CountedParts } from "../../dist/replacements/counted-parts.js";
import { IngestedRecordings } from "../ingested-recordings.ts";
import { compactAll } from "../listed-work.ts";
import { keysIn, makeOlder, readRowIds, readRows } from "../stored-rows.ts";

const folder = makeTemporaryFolder();
afterAll(() => folder.remove());

const DAY = 24;
const BUNDLES = "v1/fleet/log-bundles/";
const named = (count: number): string[] => Array.from({ length: count }, (_, index) => `page ${index}`);
const numbers = (count: number): number[] => Array.from({ length: count }, (_, row) => row / 2);

function newStore() {
  const path = join(folder.path, randomUUID());
  const store = fsStore(path);
  const ingested = new IngestedRecordings(store);
  onTestFinished(() => ingested.end());
  const age = (hours: number): Promise<void> => makeOlder(path, store, "v1/fleet/", hours);
  return { path, store, ingested, age, bundles: () => keysIn(store, BUNDLES) };
}

/** Checks that recordings have so many rows, each once. */
async function expectRows(store: ObjectStore, ids: readonly string[], rows: number): Promise<void> {
  for (const id of ids) {
    expect(await readRows(store, id)).toEqual(numbers(rows));
    const { ids: found } = await readRowIds(store, id);
    expect(new Set(found).size).toBe(found.length);
  }
}

/** The damage of a bundle: of its last part, or of the first byte of data of its first part. */
const DAMAGE: readonly [title: string, damage: (path: string) => void, readsAll: boolean, part: number][] = [
  ["is cut off", (path) => truncateSync(path, readFileSync(path).byteLength - 5), false, -1],
  [
    "has another byte",
    (path) => {
      const bytes = readFileSync(path);
      bytes[40] = (bytes[40] ?? 0) ^ 1;
      writeFileSync(path, bytes);
    },
    true,
    0,
  ],
];

describe("small recordings of a commit", () => {
  it("share an object, and large ones have their own", async () => {
    const { store, ingested, bundles } = newStore();
    const ids = named(20);
    const { parts } = await ingested.commit(ids, 5, 30_000);
    expect(await bundles()).toHaveLength(1);
    expect(parts.filter(({ bundle }) => bundle === undefined)).toMatchObject([{ store: { recordingId: "page 0" } }]);
    expect(await keysIn(store, "v1/fleet/log-parts/")).toEqual([parts[0]?.key]);
    await ingested.commit(ids, 5);
    await expectRows(store, ids, 10);
    const { counted } = await new CountedParts(store, "fleet").list();
    const committed = ingested.commits.flatMap((commit) => commit.parts.map(({ key, bytes }) => `${key} ${bytes}`));
    expect(counted.map(({ key, size }) => `${key} ${size}`).sort()).toEqual(committed.sort());
    const now = new Date(Date.now() + 1000);
    const survey = { store, dataset: "fleet", now, visitor: undefined, onProgress: () => {} };
    const bytes = counted.reduce((sum, { size }) => sum + size, 0);
    expect(await surveyBucket(survey)).toMatchObject({
      recordings: { count: 20 },
      parts: { log: { count: 40, bytes }, uncounted: { count: 0 } },
    });
    await expect(openParts(store, { dataset: "fleet", recordingId: "other" })).rejects.toThrow("there are no parts");
  });

  it("are in several objects if there are many, with names that all file systems allow", async () => {
    const { store, ingested, bundles } = newStore();
    const ids = named(250);
    await ingested.commit(ids, 1);
    const keys = await bundles();
    expect(keys).toHaveLength(3);
    expect(keys.flatMap((key) => key.split("/")).filter((segment) => segment.length > 210)).toEqual([]);
    await expectRows(store, [ids[0] ?? "", ids[120] ?? "", ids[249] ?? ""], 1);
  });

  it("are found by a keeper in lists and in commits, and get files of their own", async () => {
    const { path, store, ingested } = newStore();
    const [first, second] = [named(3), ["page 3", "page 4"]];
    await ingested.commit(first);
    const committed = new CommittedParts(store, "fleet");
    await committed.added.skip();
    await ingested.commit(second);
    const added = [];
    for await (const part of committed.listAdded()) added.push(part);
    expect(added.map(({ recordingId }) => recordingId)).toEqual(second);
    const { counted } = await new CountedParts(store, "fleet").list();
    const signal = new AbortController().signal;
    const files = new PartFiles(store, `${path}-copies`, false);
    for (const part of [...counted, ...added]) {
      const url = new URL(await files.prepare(part, signal));
      expect(readFileSync(url)).toHaveLength(part.size);
    }
    const [part] = added;
    const mounted = new PartFiles(store, path, true).prepare(part ?? { key: "", size: 0 }, signal);
    await expect(mounted).rejects.toThrow(/keep without `--mounted`, or ingest with `--no-bundles`/);
  });

  it("are compacted, and their object is deleted once none of them needs it", async () => {
    const { path, store, ingested, age, bundles } = newStore();
    const ids = named(6);
    for (let commit = 0; commit < 4; commit++) await ingested.commit(ids);
    const compact = (recordingIds?: readonly string[]): ReturnType<typeof compactAll> =>
      compactAll(store, { dataset: "fleet", recordingIds, temporaryFolder: folder.path });
    await age(DAY);
    expect((await compact(ids.slice(0, 3))).compacted).toHaveLength(3);
    await age(DAY + 1);
    // The others live on.
    const some = await compact(ids.slice(3, 5));
    expect([some.compacted.length, (await bundles()).length]).toEqual([2, 4]);
    await age(DAY + 1);
    const last = await compact();
    expect([last.compacted.length, last.deleted.objects, (await bundles()).length]).toEqual([1, 0, 4]);
    await expectRows(store, ids, 20);
    expect((await compact()).compacted).toEqual([]);
    await age(DAY + 1);
    expect(await compact()).toMatchObject({ deleted: { objects: 4 }, failed: [], warnings: [] });
    expect(await bundles()).toEqual([]);
    await expectRows(store, ids, 20);
    await ingested.commit(ids);
    await expectRows(store, ids, 25);
    expect(path).toBeTruthy();
  });

  it("stay removed as long as their object is there", async () => {
    const { store, ingested, age, bundles } = newStore();
    await ingested.commit(named(3));
    await age(2 * DAY);
    await ingested.commit(["page 0"]);
    const report = await removeOldParts(store, { dataset: "fleet", keepDays: 1 });
    const bytes = ingested.commits[0]?.parts.slice(1).reduce((sum, part) => sum + part.bytes, 0);
    expect(report).toMatchObject({ recordings: 2, parts: 2, bytes });
    const open = (recordingId: string): ReturnType<typeof openParts> =>
      openParts(store, { dataset: "fleet", recordingId });
    for (let months = 0; months < 3; months++) {
      await age(40 * DAY);
      await compactAll(store, { dataset: "fleet" });
    }
    expect(await bundles()).toHaveLength(1);
    await expect(open("page 1")).rejects.toThrow("there are no parts");
    await expectRows(store, ["page 0"], 10);
    await removeOldParts(store, { dataset: "fleet", keepDays: 1 });
    await age(DAY + 1);
    // The part with an object of its own, and the bundle.
    expect(await compactAll(store, { dataset: "fleet" })).toMatchObject({ deleted: { objects: 2 } });
    expect(await bundles()).toEqual([]);
  });

  it("do not count without their commit, which cannot follow after the object was deleted", async () => {
    const { store, ingested, age, bundles } = newStore();
    await ingested.commit(["a", "b"]);
    const [kept = ""] = await bundles();
    const body = await store.read(kept);
    const orphans = [1, 2].map((number) => bundleKey("fleet", 0, number, "f".repeat(64), ["a", "c"]));
    for (const key of orphans) await store.create(key, body);
    // An ingester may be about to commit.
    await compactAll(store, { dataset: "fleet" });
    expect(await bundles()).toHaveLength(3);
    await age(DAY + 1);
    const { deleted } = await compactAll(store, { dataset: "fleet" });
    expect([deleted.objects, await bundles()]).toEqual([2, [kept]]);
    expect(await keysIn(store, "v1/fleet/log/")).toHaveLength(2);
    await expectRows(store, ["a", "b"], 5);
  });

  it.each(DAMAGE)("are named if their object %s", async (_title, damage, readsAll, index) => {
    const { path, store, ingested, bundles } = newStore();
    const { parts } = await ingested.commit(["a", "b", "c"]);
    const [key = ""] = await bundles();
    damage(join(path, key));
    const report = await findDamagedParts(store, { dataset: "fleet", readsAll });
    expect(report).toMatchObject({ checked: 3, damaged: [{ key: parts.at(index)?.key, isMendable: false }] });
  });

  it("are unclear if their commit is damaged, and so is nothing else", async () => {
    const { path, store, ingested } = newStore();
    await ingested.commit(["a", "b"]);
    await ingested.commit(["c", "d"]);
    await ingested.commit(["b", "c"]);
    const [first = ""] = await keysIn(store, "v1/fleet/log/");
    writeFileSync(join(path, first), "damaged");
    for (const recordingId of ["a", "b"])
      await expect(openParts(store, { dataset: "fleet", recordingId })).rejects.toThrow(`${first} is damaged`);
    await expectRows(store, ["c"], 10);
    const { counted, unclear } = await new CountedParts(store, "fleet").list();
    expect([...unclear.keys()]).toEqual(["b"]);
    expect(counted.map(({ recordingId }) => recordingId).sort()).toEqual(["c", "c", "d"]);
  });
});
