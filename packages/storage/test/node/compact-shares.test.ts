import { randomUUID } from "node:crypto";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { compactParts, fsStore, removeOldParts, type CompactOptions, type ObjectStore } from "@rerun-ts/storage";
import { RerunError } from "@rerun-ts/node";
import { makeTemporaryFolder } from "@rerun-ts/test-support/node/temporary-folder";
import { afterAll, afterEach, describe, expect, it, vi } from "vitest";
import { walkRecordings } from "../../dist/compact/walk-recordings.js";
import { compactAll, removeAll } from "../listed-work.ts";
import { keysIn, makeOlder, readRowIds, UploadedRecording } from "../stored-rows.ts";

const folder = makeTemporaryFolder();
afterAll(() => folder.remove());
afterEach(() => vi.restoreAllMocks());

const PROGRESS = "v1/fleet/compact-progress/";

/** A store with recordings of four parts each. */
async function storeWith(ids: readonly string[]) {
  const base = join(folder.path, randomUUID());
  const [path, work] = [join(base, "store"), join(base, "work")];
  mkdirSync(work, { recursive: true });
  const store = fsStore(path);
  for (const id of ids) {
    const recording = new UploadedRecording(store, join(base, "spool"), id);
    await recording.logParts(4);
    await recording.recording.close();
  }
  const compact = (options: Partial<CompactOptions> = {}, from = store): ReturnType<typeof compactAll> =>
    compactAll(from, { dataset: "fleet", temporaryFolder: work, ...options });
  return { path, store, compact };
}

const PAGE = 1000;
const idOf = (recording: number): string => `-${String(recording).padStart(6, "0")}`;

/** A store with parts that exist only as keys. It counts the requests for its lists. */
function manyParts(recordings: number, parts: number, hasFolders: boolean) {
  const direct = "v1/fleet/direct/";
  const counted = { requests: 0 };
  const list: ObjectStore["list"] = async function* (prefix, { startAfter = "" } = {}) {
    counted.requests++;
    let count = 0;
    for (let recording = 0; recording < (prefix === direct ? recordings : 0); recording++) {
      const run = `${direct}${idOf(recording)}/robot-a/`;
      if (`${run}~` <= startAfter) continue;
      for (let part = 0; part < parts; part++) {
        const key = `${run}${String(part).padStart(8, "0")}.rrd`;
        if (key <= startAfter) continue;
        if (count > 0 && count % PAGE === 0) counted.requests++;
        count++;
        yield { key, size: 1, modified: new Date(0) };
      }
    }
  };
  const listFolders: ObjectStore["listFolders"] = async function* (prefix) {
    counted.requests += prefix === direct ? Math.ceil(recordings / PAGE) : 1;
    for (let recording = 0; recording < (prefix === direct ? recordings : 0); recording++)
      yield `${direct}${idOf(recording)}/`;
  };
  return Object.assign(counted, { store: hasFolders ? { list, listFolders } : { list } });
}

const named = (count: number): string[] => Array.from({ length: count }, (_, index) => `run-${index}`);

/** A store that asks before it reads a key. */
function readingStore(store: ObjectStore, onRead: (key: string) => void): ObjectStore {
  return {
    url: store.url,
    create: (...all) => store.create(...all),
    head: (...all) => store.head(...all),
    read: async (key, options) => {
      onRead(key);
      return store.read(key, options);
    },
    list: (...all) => store.list(...all),
    delete: (...all) => store.delete(...all),
  };
}

/** Lets each call for the time of the process come so long after the last one that positions are noted. */
function hurry(): void {
  let now = 0;
  vi.spyOn(performance, "now").mockImplementation(() => (now += 10_000));
}

describe("shares of a dataset", () => {
  it("divide the recordings, which have each row once whatever shares run at a time", async () => {
    const ids = named(12);
    const { store, compact } = await storeWith(ids);
    const rows = async (): Promise<unknown> => Promise.all(ids.map(async (id) => (await readRowIds(store, id)).ids));
    const before = await rows();
    const reports = await Promise.all([1, 2, 3].map((index) => compact({ share: { index, count: 3 }, dryRun: true })));
    const planned = reports.map(({ compacted }) => compacted.map(({ recordingId }) => recordingId));
    expect(planned.every((own) => own.length > 0)).toBe(true);
    expect(planned.flat().sort()).toEqual([...ids].sort());
    // Another number of shares at the same time.
    const shares = [
      ...[1, 2, 3].map((index) => ({ index, count: 3 })),
      ...[1, 2].map((index) => ({ index, count: 2 })),
    ];
    const done = await Promise.all(shares.map((share) => compact({ share })));
    expect(done.flatMap(({ failed, warnings }) => [...failed, ...warnings])).toEqual([]);
    expect(done.flatMap(({ compacted }) => compacted.map(({ recordingId }) => recordingId)).sort()).toEqual(
      [...ids].sort(),
    );
    expect(await rows()).toEqual(before);
  });

  it("pass over the recordings of others without listing them, if those are large or many", async () => {
    const list = async (recordings: number, parts: number, count: number, hasFolders: boolean) => {
      const simulated = manyParts(recordings, parts, hasFolders);
      const found: string[][] = [];
      let most = 0;
      for (let index = 1; index <= count; index++) {
        simulated.requests = 0;
        const ids: string[] = [];
        const options = { store: simulated.store, dataset: "fleet", share: { index, count }, signal: undefined };
        for await (const { recordingId, uploaded } of walkRecordings(options)) {
          expect(uploaded).toHaveLength(parts);
          ids.push(recordingId);
        }
        found.push(ids);
        most = Math.max(most, simulated.requests);
      }
      expect(found.flat().sort()).toEqual(Array.from({ length: recordings }, (_, index) => idOf(index)));
      return most;
    };
    // 160 pages in all, and ten of them for each recording.
    expect(await list(16, 10_000, 4, true)).toBeLessThan(100);
    expect(await list(16, 10_000, 4, false)).toBeLessThan(100);
    // 100 pages in all.
    expect(await list(1000, 100, 100, true)).toBeLessThan(50);
  });

  it("remove old recordings of their own, and the first share what exceeds the size of the dataset", async () => {
    const ids = named(8);
    const { path, store } = await storeWith(ids);
    await makeOlder(path, store, "v1/fleet/direct/", 100 * 24);
    const share = (index: number): { index: number; count: number } => ({ index, count: 2 });
    const options = { dataset: "fleet", dryRun: true } as const;
    const own = await Promise.all(
      [1, 2].map((index) => removeAll(store, { ...options, share: share(index), keepDays: 30 })),
    );
    expect(own.every(({ length }) => length > 0)).toBe(true);
    expect(
      own
        .flat()
        .map(({ recordingId }) => recordingId)
        .sort(),
    ).toEqual(ids);
    expect(await removeAll(store, { ...options, share: share(1), keepBytes: 0 })).toHaveLength(8);
    expect(await removeAll(store, { ...options, share: share(2), keepBytes: 0 })).toEqual([]);
    const both = await removeOldParts(store, { ...options, share: share(2), keepBytes: 0, keepDays: 30 });
    expect(both).toMatchObject({ recordings: own[1]?.length, failed: [] });
  });

  it("have all recordings, also beside objects of others", async () => {
    const { store, compact } = await storeWith(["-first", "last"]);
    for (const key of ["compact/notes.txt", "direct/notes.txt", "direct/last/readme.txt", "log-parts/a/b/c.bin"])
      await store.create(`v1/fleet/${key}`, new Uint8Array(1));
    const { compacted, failed } = await compact();
    expect([compacted.map(({ recordingId }) => recordingId).sort(), failed]).toEqual([["-first", "last"], []]);
  });

  it("are refused if there are none such", async () => {
    const { store } = await storeWith([]);
    const call = (share: unknown, options: object = {}): Promise<unknown> =>
      compactParts(store, { dataset: "fleet", share: share as never, ...options });
    await expect(call({ index: 0, count: 2 })).rejects.toThrow("`share.index` must be an integer from 1 to 2");
    await expect(call({ index: 3, count: 2 })).rejects.toThrow("got 3");
    await expect(call({ index: 1, count: 0.5 })).rejects.toThrow("`share.count` must be an integer from 1");
    await expect(call("1/2")).rejects.toThrow("`share` must be an object");
    await expect(call({ index: 1, count: 2 }, { recordingIds: ["a"] })).rejects.toThrow("`share` must be absent");
    await expect(call(undefined, { concurrency: 0 })).rejects.toThrow("`concurrency` must be an integer from 1 to 64");
    await expect(removeOldParts(store, { dataset: "fleet", keepDays: 1, share: {} as never })).rejects.toThrow(
      "`share.count` must be",
    );
  });
});

describe("a run that was killed", () => {
  it("is continued where it was, and the next one begins at the beginning", async () => {
    const { store, compact } = await storeWith(named(6));
    hurry();
    const over = new AbortController();
    const first: string[] = [];
    const killed = compact(
      {
        concurrency: 1,
        signal: over.signal,
        onCompacted: undefined,
      },
      readingStore(store, (key) => {
        const [id = ""] = /run-\d/.exec(key) ?? [];
        if (id !== "" && !first.includes(id)) first.push(id);
        if (id === "run-3") over.abort();
      }),
    );
    await expect(killed).rejects.toMatchObject({ code: "ABORTED" });
    expect(await keysIn(store, PROGRESS)).toHaveLength(1);
    const lists: string[] = [];
    const watched: ObjectStore = {
      ...readingStore(store, () => {}),
      list: (prefix, options) => {
        if (prefix === "v1/fleet/direct/") lists.push(options?.startAfter ?? "");
        return store.list(prefix, options);
      },
    };
    const rest = await compact({}, watched);
    expect(rest.compacted.map(({ recordingId }) => recordingId).sort()).toEqual(["run-3", "run-4", "run-5"]);
    // Nothing is listed again from the beginning but the first object, which shows that there are recordings.
    expect(lists).toContain("v1/fleet/direct/run-20");
    expect(await keysIn(store, PROGRESS)).toEqual([]);
    lists.length = 0;
    expect((await compact({}, watched)).compacted).toEqual([]);
    expect(lists[0]).toBe("");
  });

  it("again and again by one recording does not keep the others from their turn", async () => {
    const { store, compact } = await storeWith(named(6));
    hurry();
    // As if the process died while it merges.
    const deadly = readingStore(store, (key) => {
      if (key.includes("run-2")) throw new RerunError("ABORTED", "the process was killed");
    });
    const done = new Set<string>();
    for (let run = 0; run < 6; run++) {
      const onCompacted: CompactOptions["onCompacted"] = ({ recordingId }) => done.add(recordingId);
      await compactParts(deadly, { dataset: "fleet", concurrency: 1, onCompacted }).catch(() => {});
    }
    expect([...done].sort()).toEqual(named(6).filter((id) => id !== "run-2"));
    // It is tried each time nevertheless.
    expect((await compact()).compacted.map(({ recordingId }) => recordingId)).toEqual(["run-2"]);
  });
});

describe("a recording that cannot be compacted", () => {
  it("is reported, and all others are compacted, also if its store does not answer", async () => {
    for (const code of ["CONNECTION", "SERVER", "QUOTA"] as const) {
      const { store, compact } = await storeWith(named(4));
      const bad = readingStore(store, (key) => {
        if (key.includes("run-1/")) throw new RerunError(code, "no answer");
      });
      const { compacted, failed } = await compact({}, bad);
      expect(compacted.map(({ recordingId }) => recordingId).sort()).toEqual(["run-0", "run-2", "run-3"]);
      expect(failed).toMatchObject([{ recordingId: "run-1", error: { code } }]);
    }
  });

  it("ends the run if it is one of many in a row, because the store is away", async () => {
    const { store, compact } = await storeWith(named(8));
    const tried = new Set<string>();
    const away = readingStore(store, (key) => {
      tried.add(key.split("/")[3] ?? "");
      throw new RerunError("CONNECTION", "no answer");
    });
    await expect(compact({ concurrency: 1 }, away)).rejects.toMatchObject({ code: "CONNECTION" });
    expect(tried.size).toBe(5);
  });
});
