import type { StoreId } from "@rerun-ts/core";
import { describe, expect, it } from "vitest";
import type { Commit } from "../../../dist/commits/commit.js";
import { commitCheckpointKey, commitKey, snapshotKey } from "../../../dist/commits/log-keys.js";
import { CommitLog } from "../../../dist/ingest/commit-log.js";
import { FakeStore } from "./fake-store.ts";

const { signal } = new AbortController();
const STORE: StoreId = { kind: "recording", applicationId: "fleet", recordingId: "one" };

const logOf = ({ store }: Pick<FakeStore, "store">, snapshotEvery = 1000): CommitLog =>
  new CommitLog({ store, dataset: "fleet", partition: 0, snapshotEvery });

const commitOf = (owner: string, first: number, last: number, more: Partial<Commit> = {}): Commit => ({
  owner,
  stream: "s",
  last,
  parts: [],
  packs: { run: [first, last] },
  ...more,
});

const partOf = (key: string, staticBytes?: number): Commit["parts"][number] => {
  const part = { key, store: STORE, bytes: 1, sha256: "", chunks: 1, rows: 1 };
  return staticBytes === undefined ? part : { ...part, staticBytes };
};

/** The state of a log that can be asked for. */
const stateOf = (log: CommitLog): unknown => [
  log.next,
  log.packsOf("run"),
  log.positionIn("s"),
  log.staticsOf(STORE),
  log.newestRuns,
];

describe("a log of commits", () => {
  it("has the packs, the position and the newest runs of its commits, for each reader", async () => {
    const objects = new FakeStore();
    const [writer, reader] = [logOf(objects), logOf(objects)];
    expect(await writer.append(commitOf("a", 1, 3), signal)).toBe(true);
    expect(await writer.append(commitOf("a", 5, 6, { last: 2 }), signal)).toBe(true);
    await reader.catchUp(signal);
    for (const log of [writer, reader]) {
      // A position never goes back.
      expect(stateOf(log)).toEqual([3, [1, 3, 5, 6], 3, undefined, ["run"]]);
      expect(log.missing({ run: "run", number: 2, count: 4 })).toEqual([4, 4]);
      expect([log.positionIn("other"), log.packsOf("other")]).toEqual([0, []]);
    }
  });

  it("lets one of two writers have a number, and the other learn what has it", async () => {
    const objects = new FakeStore();
    const [a, b] = [logOf(objects), logOf(objects)];
    expect(await a.append(commitOf("a", 1, 2), signal)).toBe(true);
    expect(await b.append(commitOf("b", 2, 3), signal)).toBe(false);
    expect([b.next, b.packsOf("run")]).toEqual([2, [1, 2]]);
    expect(await b.append(commitOf("b", 3, 3), signal)).toBe(true);
    await a.catchUp(signal);
    expect(a.packsOf("run")).toEqual([1, 3]);
  });

  it("recognises its own commit whose response was lost", async () => {
    const objects = new FakeStore();
    const log = logOf(objects);
    objects.losesResponse = true;
    expect(await log.append(commitOf("a", 1, 2), signal)).toBe(true);
    expect(log.next).toBe(2);
  });

  it("goes on with the newest snapshot if the commit in its place is folded before it can be read", async () => {
    const objects = new FakeStore();
    const { store } = objects;
    const fold = (): void => {
      objects.objects.set(commitCheckpointKey("fleet", 0, 2), new Uint8Array(1));
      for (const number of [1, 2]) objects.objects.delete(commitKey("fleet", 0, number));
    };
    const slow = logOf({ store: { ...store, read: (...asked) => (fold(), store.read(...asked)) } }, 3);
    await slow.catchUp(signal);
    const writer = logOf(objects, 3);
    for (let number = 1; number <= 3; number++) await writer.append(commitOf("a", number, number), signal);
    await writer.writeSnapshot(signal);
    expect(await slow.append(commitOf("b", 4, 4), signal)).toBe(false);
    await slow.catchUp(signal);
    expect(stateOf(slow)).toEqual([4, [1, 3], 3, undefined, []]);
  });

  it("rejects, so that the caller waits, if the store refuses to create a commit that it does not have", async () => {
    const { store } = new FakeStore();
    const log = logOf({ store: { ...store, create: async () => false } });
    await expect(log.append(commitOf("a", 1, 1), signal)).rejects.toThrow(/refuses to create .*, and does not have it/);
  });

  it("lists again what compaction has deleted between the list and the read", async () => {
    const objects = new FakeStore();
    const { store } = objects;
    const writer = logOf(objects, 3);
    for (let number = 1; number <= 2; number++) await writer.append(commitOf("a", number, number), signal);
    let reads = 0;
    const read: typeof store.read = async (...asked) => {
      if (++reads > 1) return store.read(...asked);
      await writer.append(commitOf("a", 3, 3), signal);
      await writer.writeSnapshot(signal);
      for (const number of [1, 2]) objects.objects.delete(commitKey("fleet", 0, number));
      return store.read(...asked);
    };
    const slow = logOf({ store: { ...store, read } }, 3);
    await slow.catchUp(signal);
    expect(slow.packsOf("run")).toEqual([1, 3]);
  });

  it("reads commits that the store does not list yet, one after the other", async () => {
    const objects = new FakeStore();
    const writer = logOf(objects);
    for (let number = 1; number <= 40; number++) await writer.append(commitOf("a", number, number), signal);
    objects.isListed = (key) => key !== commitKey("fleet", 0, 20);
    const reader = logOf(objects);
    await reader.catchUp(signal);
    expect(stateOf(reader)).toEqual(stateOf(writer));
    // A commit that exists is read once, whether or not it is listed.
    const { reads } = objects;
    expect(reads.filter((key) => objects.objects.has(key))).toHaveLength(40);
  });

  it("begins with the newest snapshot, which every writer would write alike", async () => {
    const objects = new FakeStore();
    const writer = logOf(objects, 4);
    for (let number = 1; number <= 9; number++) {
      await writer.append(commitOf("a", number, number, { parts: [partOf(`p${number}`, number)] }), signal);
      await writer.writeSnapshot(signal);
    }
    expect([...objects.objects.keys()].filter((key) => key.includes("log-snapshots"))).toEqual(
      [4, 8].map((number) => snapshotKey("fleet", 0, number)),
    );
    const other = logOf(objects, 4);
    objects.reads.length = 0;
    await other.catchUp(signal);
    expect(stateOf(other)).toEqual(stateOf(writer));
    expect(objects.reads).toEqual([
      snapshotKey("fleet", 0, 8),
      // The last one would be there if this log were late.
      ...[9, 10, 12].map((number) => commitKey("fleet", 0, number)),
    ]);
  });

  it("names the beginnings of parts that have the static data of a store together", async () => {
    const log = logOf(new FakeStore());
    const placesAfter = async (number: number, part: Commit["parts"][number]): Promise<readonly string[]> => {
      await log.append(commitOf("a", number, number, { parts: [part] }), signal);
      return log.staticsOf(STORE)?.places.map(({ key, bytes }) => `${key} ${bytes}`) ?? [];
    };
    expect(await placesAfter(1, partOf("p1", 7))).toEqual(["p1 7"]);
    expect(await placesAfter(2, { ...partOf("p2"), earlierStatics: 1 })).toEqual(["p1 7"]);
    expect(await placesAfter(3, { ...partOf("p3", 5), earlierStatics: 1 })).toEqual(["p1 7", "p3 5"]);
    expect(await placesAfter(4, { ...partOf("p4", 6), earlierStatics: 1 })).toEqual(["p1 7", "p4 6"]);
    expect(await placesAfter(5, partOf("p5", 9))).toEqual(["p5 9"]);
    expect(await placesAfter(6, partOf("p6"))).toEqual([]);
  });
});

const HOUR_MS = 3_600_000;

/** A log with a commit of some runs for each hour, and a snapshot for each day. */
class YearOfCommits {
  readonly objects = new FakeStore();
  readonly log: CommitLog;
  #hour = 0;

  constructor() {
    this.log = logOf(this.objects, 24);
  }

  async commitDays(days: number, more: Partial<Commit> = {}): Promise<void> {
    for (const end = this.#hour + 24 * days; this.#hour < end; this.#hour++) {
      const packs = Object.fromEntries(Array.from({ length: 5 }, (_, run) => [runOf(this.#hour, run), [1, 9]]));
      const store = { ...STORE, recordingId: `r${this.#hour}` };
      const parts = [{ ...partOf(`p${this.#hour}`, 7), store }];
      const time = 1e12 + this.#hour * HOUR_MS;
      await this.log.append(
        commitOf("a", 1, 9, { last: this.#hour, parts, packs, time, runDays: 30, ...more }),
        signal,
      );
      await this.log.writeSnapshot(signal);
    }
  }

  /** The bytes of the newest snapshot. */
  get snapshotBytes(): number {
    const newest = [...this.objects.objects.keys()]
      .filter((key) => key.includes("log-snapshots"))
      .sort()
      .at(-1);
    return this.objects.objects.get(newest ?? "")?.byteLength ?? 0;
  }
}

const runOf = (hour: number, run: number): string => (hour * 16 + run).toString(16).padStart(16, "0");

describe("a log of many runs", () => {
  it("forgets runs a month after their last commit, alike for each reader, so that snapshots stay as large", async () => {
    const year = new YearOfCommits();
    await year.commitDays(40);
    const before = year.snapshotBytes;
    // A run that goes on is remembered from its last commit on.
    await year.log.append(commitOf("a", 1, 1, { packs: { [runOf(24 * 39, 0)]: [10, 12] } }), signal);
    await year.commitDays(25);
    expect(year.snapshotBytes).toBeGreaterThan(before * 0.9);
    expect(year.snapshotBytes).toBeLessThan(before * 1.1);
    const reader = logOf(year.objects, 24);
    await reader.catchUp(signal);
    for (const log of [year.log, reader]) {
      expect(log.packsOf(runOf(24 * 64, 3))).toEqual([1, 9]);
      expect(log.packsOf(runOf(24 * 36, 3))).toEqual([1, 9]);
      expect(log.packsOf(runOf(24 * 39, 0))).toEqual([1, 12]);
      expect(log.packsOf(runOf(24 * 30, 3))).toEqual([]);
      expect(log.staticsOf({ ...STORE, recordingId: `r${24 * 60}` })?.places).toEqual([
        { key: `p${24 * 60}`, bytes: 7 },
      ]);
      expect(log.staticsOf({ ...STORE, recordingId: "r3" })).toBeUndefined();
    }
  });

  it("forgets nothing because a server has a wrong time, or its stream keeps messages for ever", async () => {
    const wrong = new YearOfCommits();
    await wrong.commitDays(10);
    await wrong.commitDays(2, { time: 2e12 });
    await wrong.commitDays(2, { time: 1e11 });
    await wrong.commitDays(5);
    expect(wrong.log.packsOf(runOf(0, 0))).toEqual([1, 9]);
    const endless = new YearOfCommits();
    await endless.commitDays(70, { runDays: undefined });
    expect(endless.log.packsOf(runOf(0, 0))).toEqual([1, 9]);
  });
});
