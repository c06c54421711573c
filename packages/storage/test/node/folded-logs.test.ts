import { randomUUID } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fsStore, openParts, removeOldParts, type ObjectInfo, type ObjectStore } from "@rerun-ts/storage";
import { makeTemporaryFolder } from "@rerun-ts/test-support/node/temporary-folder";
import { afterAll, describe, expect, it } from "vitest";
import { CountedParts } from "../../dist/replacements/counted-parts.js";
import { compactAll } from "../listed-work.ts";
import { bound } from "../bound-store.ts";
import { keysIn, makeOlder, readRows, UploadedRecording } from "../stored-rows.ts";

const folder = makeTemporaryFolder();
afterAll(() => folder.remove());

const DAY = 24;
const LOG = "v1/fleet/compact/monday/";
const numbers = (count: number): number[] => Array.from({ length: count }, (_, row) => row / 2);
const name = (number: number, end: string): string => `${LOG}${String(number).padStart(16, "0")}${end}`;
const replacement = (number: number): string => name(number, ".json");
const checkpoint = (number: number): string => name(number, ".checkpoint.json");
const empty = new TextEncoder().encode(JSON.stringify({ version: 1, owner: "a", adds: [], removes: [] }));

/** A store with a recording of 25 rows. Its parts became one with the first of some replacements, if there are any. */
async function storeWith(replacements: number) {
  const base = join(folder.path, randomUUID());
  const path = join(base, "store");
  const store = fsStore(path);
  const monday = new UploadedRecording(store, join(base, "spool"), "monday");
  await monday.logParts(5);
  const sources = await keysIn(store, "v1/fleet/direct/");
  const [source = ""] = sources;
  const body = await store.read(source);
  if (replacements > 0) await compactAll(store, { dataset: "fleet" });
  for (let number = 2; number <= replacements; number++) await store.create(replacement(number), empty);
  const age = (hours: number): Promise<void> => makeOlder(path, store, "v1/fleet/", hours);
  return { path, store, monday, age, source, body, compact: () => compactAll(store, { dataset: "fleet" }) };
}

describe("the replacements of a recording", () => {
  it("become a checkpoint once they are a day old, and are deleted another day later", async () => {
    const { store, age, compact, monday, source, body } = await storeWith(20);
    expect(await compact()).toMatchObject({ folded: 0 });
    await age(DAY + 1);
    expect(await compactAll(store, { dataset: "fleet", dryRun: true })).toMatchObject({ folded: 20 });
    expect(await keysIn(store, LOG)).toHaveLength(20);
    expect(await compact()).toMatchObject({ folded: 20, deleted: { objects: 5 } });
    expect(await keysIn(store, LOG)).toHaveLength(21);
    await age(DAY + 1);
    expect(await compact()).toMatchObject({ folded: 0, deleted: { objects: 19 } });
    expect(await keysIn(store, LOG)).toEqual([checkpoint(20), replacement(20)]);
    expect(await readRows(store, "monday")).toEqual(numbers(25));

    // A part that its producer sends again does not count, and the log goes on.
    await store.create(source, body);
    await monday.logParts(5);
    await monday.recording.close();
    expect(await readRows(store, "monday")).toEqual(numbers(50));
    expect(await compact()).toMatchObject({ compacted: [{ replaced: { length: 6 } }], deleted: { objects: 1 } });
    expect(await keysIn(store, LOG)).toEqual([checkpoint(20), replacement(20), replacement(21)]);
    expect(await readRows(store, "monday")).toEqual(numbers(50));
  });

  it("stay in force for readers that read them before, and for those in the middle", async () => {
    const { path, store, age, compact } = await storeWith(17);
    const keeper = new CountedParts(store, "fleet");
    const before = (await keeper.list()).counted;
    await using open = await openParts(store, { dataset: "fleet", recordingId: "monday" });
    await age(DAY + 1);
    await compact();
    await age(DAY + 1);
    // A reader whose list is older than the deletion.
    let isDeleted = false;
    const slow: ObjectStore = {
      ...bound(store),
      async *list(prefix, options) {
        const objects: ObjectInfo[] = [];
        for await (const object of store.list(prefix, options)) objects.push(object);
        yield* objects;
        if (prefix !== LOG || isDeleted) return;
        isDeleted = true;
        await store.delete(checkpoint(17));
        await store.create(checkpoint(18), Buffer.from(JSON.stringify({ version: 1, through: 18, ...state })));
        await store.create(replacement(18), empty);
        for (let number = 1; number < 18; number++) await store.delete(replacement(number));
      },
    };
    const { made, removed } = JSON.parse(Buffer.from(await store.read(checkpoint(17))).toString()) as object & {
      made: object;
      removed: object;
    };
    const state = { made, removed };
    expect(await readRows(slow, "monday")).toEqual(numbers(25));
    expect(isDeleted).toBe(true);
    expect((await keeper.list()).counted).toEqual(before);
    expect(open.recording().numRows).toBeGreaterThan(0);
    // A later version is refused by its name.
    writeFileSync(join(path, checkpoint(18)), JSON.stringify({ version: 2 }));
    await expect(readRows(store, "monday")).rejects.toThrow(
      `${checkpoint(18)} must have \`version\` 1, got 2; update this program`,
    );
  });

  it("are not continued by a compactor that was frozen while they were folded", async () => {
    const { store, age, compact } = await storeWith(1);
    const frozen = new CountedParts(store, "fleet");
    await frozen.list("monday");
    for (let number = 2; number <= 20; number++) await store.create(replacement(number), empty);
    await age(DAY + 1);
    await compact();
    await age(DAY + 1);
    await compact();
    const change = { owner: "frozen", adds: [], removes: [...frozen.logOf("monday").made.keys()] };
    expect(await frozen.logOf("monday").append(store, change, undefined)).toBe(false);
    // Its number is behind the checkpoint, where nobody begins.
    expect(await keysIn(store, LOG)).toEqual([replacement(2), checkpoint(20), replacement(20)]);
    expect(await readRows(store, "monday")).toEqual(numbers(25));
    await frozen.list("monday");
    expect(frozen.logOf("monday").next).toBe(21);
    expect(await compact()).toMatchObject({ deleted: { objects: 1 }, failed: [] });
  });

  it("are forgotten a month after their recording was removed", async () => {
    const { store, age, compact, source, body } = await storeWith(0);
    await age(40 * DAY);
    await removeOldParts(store, { dataset: "fleet", keepDays: 30 });
    await store.create(replacement(2), empty);
    await age(2 * DAY);
    await compact();
    expect(await keysIn(store, "v1/fleet/")).toEqual([replacement(1), replacement(2)]);
    const frozen = new CountedParts(store, "fleet");
    await frozen.list("monday");
    await age(29 * DAY);
    // First they become a checkpoint, because they cannot be deleted at one moment.
    await compact();
    expect(await keysIn(store, "v1/fleet/")).toEqual([replacement(1), checkpoint(2), replacement(2)]);
    await age(2 * DAY);
    await store.create(source, body);
    await expect(readRows(store, "monday")).rejects.toMatchObject({ code: "NOT_FOUND" });
    await compact();
    await compact();
    expect(await keysIn(store, "v1/fleet/")).toEqual([]);
    const change = { owner: "frozen", adds: [], removes: [] };
    await frozen.list("monday");
    expect(await frozen.logOf("monday").append(store, change, undefined)).toBe(false);
    expect(await keysIn(store, "v1/fleet/")).toEqual([]);
  });
});
