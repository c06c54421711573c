import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { compactParts, fsStore, type ObjectStore } from "@rerun-ts/storage";
import { makeTemporaryFolder } from "@rerun-ts/test-support/node/temporary-folder";
import { afterAll, describe, expect, it } from "vitest";
import type { Commit } from "../../dist/commits/commit.js";
import { commitCheckpointKey, commitKey, logPartKey, snapshotKey } from "../../dist/commits/log-keys.js";
import { CommitLog } from "../../dist/ingest/commit-log.js";
import { FirstKeys } from "../../dist/ingest/first-keys.js";
import { keysIn, makeOlder, readRows, UploadedRecording } from "../stored-rows.ts";

const folder = makeTemporaryFolder();
afterAll(() => folder.remove());

const DAY = 24;
const PARTITION = 7;
const STORE = { kind: "recording", applicationId: "fleet", recordingId: "monday" } as const;
const { signal } = new AbortController();
const logOf = (store: ObjectStore): CommitLog =>
  new CommitLog({ store, dataset: "fleet", partition: PARTITION, snapshotEvery: 1000 });
const hash = (number: number): string => String(number).padStart(64, "0");
const keyOf = (number: number): string => commitKey("fleet", PARTITION, number);

/** A commit of one pack of a run of its own. */
const commitOf = (number: number, parts: Commit["parts"] = []): Commit => ({
  owner: `owner ${number}`,
  stream: "stream",
  last: number,
  parts,
  packs: { [`run ${number}`]: [1, 1] },
});

/** A store with commits and a snapshot. The first commit and that with the number 500 have parts of five rows each. */
async function storeWith(count: number) {
  const base = join(folder.path, randomUUID());
  const path = join(base, "store");
  const store = fsStore(path);
  const source = new UploadedRecording(fsStore(join(base, "source")), join(base, "spool"), "monday");
  await source.logParts(2);
  await source.recording.close();
  const bodies: Uint8Array[] = [];
  for (const key of await keysIn(fsStore(join(base, "source")), "v1/fleet/direct/"))
    bodies.push(await fsStore(join(base, "source")).read(key));
  const partOf = async (number: number, body: Uint8Array = new Uint8Array()): Promise<Commit["parts"]> => {
    const key = logPartKey("fleet", PARTITION, number, STORE, hash(number).replace(/^0{12}/, "aaaaaaaaaaaa"));
    await store.create(key, body);
    return [{ key, store: STORE, bytes: body.byteLength, sha256: hash(number), chunks: 1, rows: 5 }];
  };
  const log = logOf(store);
  await log.catchUp(signal);
  for (let number = 1; number <= count; number++) {
    const parts = number === 1 || number === 500 ? await partOf(number, bodies[number === 1 ? 0 : 1]) : [];
    expect(await log.append(commitOf(number, parts), signal)).toBe(true);
    await log.writeSnapshot(signal);
  }
  const age = (hours: number): Promise<void> => makeOlder(path, store, "v1/fleet/", hours);
  return { store, log, age, partOf, compact: () => compactParts(store, { dataset: "fleet", minParts: 10 }) };
}

describe("commits without parts", () => {
  it(
    "are named by a checkpoint a day after a snapshot, and deleted another day later",
    { timeout: 120_000 },
    async () => {
      const { store, age, compact, log, partOf } = await storeWith(1010);
      expect(await compact()).toMatchObject({ folded: 0 });
      await age(DAY + 1);
      expect(await compactParts(store, { dataset: "fleet", dryRun: true })).toMatchObject({ folded: 1000 });
      expect(await compact()).toMatchObject({ folded: 1000, deleted: { objects: 0 } });
      expect(await keysIn(store, "v1/fleet/log/")).toHaveLength(1010);
      await age(DAY + 1);
      expect(await compact()).toMatchObject({ folded: 0, deleted: { objects: 997 } });
      // Those with parts, that of the snapshot, and those after it.
      expect(await keysIn(store, "v1/fleet/log/")).toEqual(
        [1, 500, ...Array.from({ length: 11 }, (_, index) => 1000 + index)].map(keyOf),
      );
      expect(await keysIn(store, "v1/fleet/log-snapshots/")).toEqual([snapshotKey("fleet", PARTITION, 1000)]);
      expect(await readRows(store, "monday")).toHaveLength(10);

      // Ingesters go on, those that run and those that start.
      expect(await log.append(commitOf(1011), signal)).toBe(true);
      const started = logOf(store);
      await started.catchUp(signal);
      expect([started.next, started.missing({ run: "run 3", number: 1, count: 1 })]).toEqual([1012, []]);

      // An ingester that was frozen before the second commit finds out that it is late. Another one was killed then.
      const frozen = logOf(store);
      frozen.next = 2;
      const [part = ""] = await keysIn(store, "v1/fleet/log-parts/");
      const late = await partOf(3, await store.read(part));
      await store.create(keyOf(3), new TextEncoder().encode(JSON.stringify({ version: 1, ...commitOf(3, late) })));
      expect(await readRows(store, "monday")).toHaveLength(10);
      expect(await frozen.append(commitOf(2), signal)).toBe(false);
      await frozen.catchUp(signal);
      expect([frozen.next, frozen.missing({ run: "run 2", number: 1, count: 1 })]).toEqual([1012, []]);
      await age(DAY + 1);
      // The two late commits, and the part.
      expect(await compact()).toMatchObject({ deleted: { objects: 3 } });
      expect(await readRows(store, "monday")).toHaveLength(10);
    },
  );

  it("are not needed by an ingester whose list of snapshots is old", { timeout: 120_000 }, async () => {
    const { store, age, compact } = await storeWith(2005);
    const firstKeys = {
      commits: new FirstKeys(store, "v1/fleet/log/"),
      snapshots: new FirstKeys({ list: () => oldList() }, "v1/fleet/log-snapshots/"),
    };
    await age(DAY + 1);
    await compact();
    await age(DAY + 1);
    await compact();
    expect(await keysIn(store, "v1/fleet/log-snapshots/")).toEqual([snapshotKey("fleet", PARTITION, 2000)]);
    expect(await keysIn(store, "v1/fleet/log-checkpoints/")).toEqual([commitCheckpointKey("fleet", PARTITION, 2000)]);
    const log = new CommitLog({ store, dataset: "fleet", partition: PARTITION, snapshotEvery: 1000, firstKeys });
    await log.catchUp(signal);
    expect([log.next, log.missing({ run: "run 1500", number: 1, count: 1 })]).toEqual([2006, []]);
  });
});

async function* oldList(): AsyncGenerator<{ key: string; size: number }> {
  yield { key: snapshotKey("fleet", PARTITION, 1000), size: 1 };
}
