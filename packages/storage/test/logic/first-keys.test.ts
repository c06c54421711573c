import { RerunError } from "@rerun-ts/core";
import { describe, expect, it } from "vitest";
import { encodeCommit } from "../../src/commits/commit.ts";
import { commitKey, logPrefix, snapshotPrefix } from "../../src/commits/log-keys.ts";
import { CommitLog } from "../../src/ingest/commit-log.ts";
import { FirstKeys } from "../../src/ingest/first-keys.ts";
import type { ObjectStore } from "../../src/store/object-store.ts";

const { signal } = new AbortController();
const COMMIT = encodeCommit({ owner: "o", stream: "s", last: 1, parts: [], packs: {} });

/** A store of commits that notes its requests. Its first lists may fail. */
function storeOf(keys: readonly string[], failures = 0): { store: ObjectStore; requests: string[] } {
  const requests: string[] = [];
  let failing = failures;
  const store: Pick<ObjectStore, "list" | "read"> = {
    async *list(prefix, { startAfter = "" } = {}) {
      requests.push(`list ${prefix}`);
      if (failing-- > 0) throw new Error("the store is away");
      for (const key of [...keys].sort())
        if (key.startsWith(prefix) && key > startAfter) yield { key, size: 1, modified: new Date(0) };
    },
    async read(key) {
      requests.push(`read ${key}`);
      if (!keys.includes(key)) throw new RerunError("NOT_FOUND", "no such object");
      return COMMIT;
    },
  };
  return { store: store as ObjectStore, requests };
}

function commitsOf(partition: number, count: number): string[] {
  return Array.from({ length: count }, (_, index) => commitKey("fleet", partition, index + 1));
}

describe("the first keys of all partitions", () => {
  it("are listed once, and again after a failure", async () => {
    const { store, requests } = storeOf([...commitsOf(3, 2), ...commitsOf(40, 1)], 1);
    const first = new FirstKeys(store, logPrefix("fleet"));
    await expect(first.below(logPrefix("fleet", 3), signal)).rejects.toThrow("the store is away");
    const found = await Promise.all([3, 4, 40].map((partition) => first.below(logPrefix("fleet", partition), signal)));
    expect(found).toEqual([commitsOf(3, 2), [], commitsOf(40, 1)]);
    expect(requests).toEqual(["list v1/fleet/log/", "list v1/fleet/log/"]);
  });

  it("are unknown of the partitions of which more may follow", async () => {
    const { store } = storeOf([...commitsOf(1, 600), ...commitsOf(2, 400), ...commitsOf(3, 1)]);
    const first = new FirstKeys(store, logPrefix("fleet"));
    const found = await Promise.all(
      [0, 1, 2, 3, 4].map((partition) => first.below(logPrefix("fleet", partition), signal)),
    );
    expect(found.map((keys) => keys?.length)).toEqual([0, 600, undefined, undefined, undefined]);
  });

  it("spare the logs of empty partitions all requests, and are completed by those of others", async () => {
    const { store, requests } = storeOf([...commitsOf(1, 998), ...commitsOf(2, 5)]);
    const firstKeys = {
      commits: new FirstKeys(store, logPrefix("fleet")),
      snapshots: new FirstKeys(store, snapshotPrefix("fleet")),
    };
    const logs = [0, 1, 2].map(
      (partition) => new CommitLog({ store, dataset: "fleet", partition, snapshotEvery: 10_000, firstKeys }),
    );
    for (const log of logs) await log.catchUp(signal);
    expect(logs.map(({ next }) => next)).toEqual([1, 999, 6]);
    expect(requests.filter((request) => request.startsWith("list"))).toEqual([
      "list v1/fleet/log-snapshots/",
      "list v1/fleet/log/",
      "list v1/fleet/log/02/",
    ]);
    expect(requests.filter((request) => request.includes("log/00/"))).toEqual([]);
  });

  it("are listed again if they are so old that one of them is gone", async () => {
    const keys = commitsOf(1, 5);
    const { store } = storeOf(keys);
    const firstKeys = {
      commits: new FirstKeys(store, logPrefix("fleet")),
      snapshots: new FirstKeys(store, snapshotPrefix("fleet")),
    };
    await firstKeys.commits.below(logPrefix("fleet", 1), signal);
    // Compaction has deleted them, or the bucket was restored from a copy.
    keys.length = 3;
    const log = new CommitLog({ store, dataset: "fleet", partition: 1, snapshotEvery: 10_000, firstKeys });
    await log.catchUp(signal);
    expect(log.next).toBe(4);
  });
});
