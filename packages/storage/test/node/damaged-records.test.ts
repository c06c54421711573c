import { randomUUID } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fsStore, openParts, type ObjectStore } from "@rerun-ts/storage";
import { makeTemporaryFolder } from "@rerun-ts/test-support/node/temporary-folder";
import { afterAll, describe, expect, it } from "vitest";
import { findDamagedParts } from "../../dist/mend/damaged-parts.js";
import { compactAll, removeAll } from "../listed-work.ts";
import { keysIn, makeOlder, readRows, UploadedRecording } from "../stored-rows.ts";

const folder = makeTemporaryFolder();
afterAll(() => folder.remove());

const REPLACEMENT = "v1/fleet/compact/monday/0000000000000001.json";

interface Place {
  readonly path: string;
  readonly store: ObjectStore;
  readonly compact: () => ReturnType<typeof compactAll>;
  readonly log: (recordingId: string) => UploadedRecording;
}

function newPlace(): Place {
  const base = join(folder.path, randomUUID());
  const [path, work] = [join(base, "store"), join(base, "work")];
  mkdirSync(work, { recursive: true });
  const store = fsStore(path);
  return {
    path,
    store,
    compact: () => compactAll(store, { dataset: "fleet", temporaryFolder: work }),
    log: (id) => new UploadedRecording(store, join(base, "spool"), id),
  };
}

const numbers = (count: number): number[] => Array.from({ length: count }, (_, row) => row / 2);

const TORN = [
  ["empty", () => Buffer.alloc(0)],
  ["cut", (bytes: Buffer) => bytes.subarray(0, bytes.length / 2)],
  ["zeroes", (bytes: Buffer) => Buffer.alloc(bytes.length)],
] as const;

describe("a damaged replacement", () => {
  it.for(TORN)("fails its recording alone while it is unclear which parts count (%s)", async ([, tear]) => {
    const { path, store, compact, log } = newPlace();
    await log("monday").logParts(5);
    const tuesday = log("tuesday");
    await tuesday.logParts(5);
    await compact();
    await tuesday.logParts(5);
    const whole = readFileSync(join(path, REPLACEMENT));
    writeFileSync(join(path, REPLACEMENT), tear(whole));
    await makeOlder(path, store, "v1/fleet/", 50);
    const before = await keysIn(store, "v1/fleet/");
    const problem = { code: "INVALID_FORMAT", message: expect.stringContaining(`${REPLACEMENT} is damaged`) as string };

    await expect(openParts(store, { dataset: "fleet", recordingId: "monday" })).rejects.toMatchObject(problem);
    expect(await readRows(store, "tuesday")).toHaveLength(50);
    const { failed, compacted } = await compact();
    expect(failed).toMatchObject([{ recordingId: "monday", error: problem }]);
    expect(compacted.map(({ recordingId }) => recordingId)).toEqual(["tuesday"]);
    expect(await removeAll(store, { dataset: "fleet", keepDays: 1 })).toEqual([]);
    // Whatever the replacement has said: all that may be needed is there.
    const after = new Set(await keysIn(store, "v1/fleet/"));
    expect(before.filter((key) => key.includes("/monday/") && !after.has(key))).toEqual([]);

    writeFileSync(join(path, REPLACEMENT), whole);
    expect(await readRows(store, "monday")).toEqual(numbers(25));
  });

  it.for(TORN)("is passed over if there is no large part that it can have named (%s)", async ([, tear]) => {
    const { path, store, compact, log } = newPlace();
    await log("monday").logParts(5);
    const { compacted } = await compact();
    await store.delete(compacted[0]?.key ?? "");
    writeFileSync(join(path, REPLACEMENT), tear(readFileSync(join(path, REPLACEMENT))));
    expect(await readRows(store, "monday")).toEqual(numbers(25));
    expect(await compact()).toMatchObject({ failed: [], compacted: [{ replaced: { length: 5 } }] });
    expect(await readRows(store, "monday")).toEqual(numbers(25));
    expect(await keysIn(store, "v1/fleet/compact/")).toEqual([REPLACEMENT, REPLACEMENT.replace("1.json", "2.json")]);
  });

  it("is named together with the others of its recording, so that all can be restored at once", async () => {
    const { path, store, compact, log } = newPlace();
    const monday = log("monday");
    for (let count = 0; count < 2; count++) {
      await monday.logParts(5);
      await compact();
    }
    const keys = [REPLACEMENT, REPLACEMENT.replace("1.json", "2.json")];
    for (const key of keys) writeFileSync(join(path, key), "{");
    const { records } = await findDamagedParts(store, { dataset: "fleet" });
    expect(records.map(({ key }) => key)).toEqual(keys);
  });

  it("is never passed over if a later version has written it", async () => {
    const { path, store, compact, log } = newPlace();
    await log("monday").logParts(5);
    const { compacted } = await compact();
    await store.delete(compacted[0]?.key ?? "");
    writeFileSync(join(path, REPLACEMENT), JSON.stringify({ version: 2, owner: "a", adds: [], removes: [] }));
    await expect(readRows(store, "monday")).rejects.toThrow(
      `${REPLACEMENT} must have \`version\` 1, got 2; update this program`,
    );
  });
});

describe("a damaged commit", () => {
  it.for([
    ...TORN.map(([name, tear]) => [name, tear, "is damaged"] as const),
    ["of a later version", () => Buffer.from('{"version":99,"parts":[]}'), "must have `version`"] as const,
    [
      "with something else in place of parts",
      () => Buffer.from('{"version":2,"owner":"a","stream":"s","last":1,"parts":[null],"packs":{}}'),
      "is not a commit",
    ] as const,
  ])("fails the recordings beside it alone, and nothing of them is deleted (%s)", async ([, tear, reason]) => {
    const { path, store, compact, log } = newPlace();
    await log("monday").logParts(1);
    await log("tuesday").logParts(5);
    const part = await store.read((await keysIn(store, "v1/fleet/direct/monday/"))[0] ?? "");
    const key = "v1/fleet/log-parts/monday/07-0000000000000001-aaaaaaaaaaaa.rrd";
    const commit = "v1/fleet/log/07/0000000000000001.json";
    await store.create(key, part);
    await store.create(
      commit,
      tear(Buffer.from('{"version":1,"owner":"a","stream":"s","last":1,"parts":[],"packs":{}}')),
    );
    await makeOlder(path, store, "v1/fleet/", 50);
    const problem = { code: "INVALID_FORMAT", message: expect.stringContaining(`${commit} ${reason}`) as string };
    await expect(readRows(store, "monday")).rejects.toMatchObject(problem);
    expect(await readRows(store, "tuesday")).toEqual(numbers(25));
    const { failed, compacted } = await compact();
    expect(failed).toMatchObject([{ recordingId: "monday", error: problem }]);
    expect(compacted.map(({ recordingId }) => recordingId)).toEqual(["tuesday"]);
    expect(await keysIn(store, "v1/fleet/log-parts/")).toEqual([key]);
  });
});
