import { randomUUID } from "node:crypto";
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  compactParts,
  fsStore,
  openParts,
  removeOldParts,
  type CompactOptions,
  type ObjectStore,
  PartsSink,
} from "@rerun-ts/storage";
import { verifyRrd } from "@rerun-ts/reading";
import { RerunError } from "@rerun-ts/node";
import { DirectoryLock } from "@rerun-ts/node/spool";
import { makeTemporaryFolder } from "@rerun-ts/test-support/node/temporary-folder";
import { afterAll, describe, expect, it } from "vitest";
import { escapeId } from "../../src/store/keys.ts";
import { compactAll } from "../listed-work.ts";
import { bound } from "../bound-store.ts";
import { keysIn, makeOlder, readRowIds, readRows, UploadedRecording } from "../stored-rows.ts";

const folder = makeTemporaryFolder({ ignore: (path) => path.includes("damaged") });
afterAll(() => folder.remove());

interface Place {
  readonly path: string;
  readonly store: ObjectStore;
  /** The folder for temporary files. */
  readonly work: string;
  readonly log: (recordingId: string) => UploadedRecording;
}

function newPlace(name = ""): Place {
  const base = join(folder.path, name + randomUUID());
  const [path, work] = [join(base, "store"), join(base, "work")];
  mkdirSync(work, { recursive: true });
  const store = fsStore(path);
  return { path, store, work, log: (id) => new UploadedRecording(store, join(base, "spool"), id) };
}

const compact = ({ store, work }: Place, options: Partial<CompactOptions> = {}): ReturnType<typeof compactAll> =>
  compactAll(store, { dataset: "fleet", temporaryFolder: work, ...options });

/** A store like those of S3, whose keys have longer segments than names of files may be: one of them is shortened. */
function withShortFiles(store: ObjectStore, long: string): ObjectStore {
  const shorten = (key: string): string => key.replace(long, "short");
  return {
    url: store.url,
    create: (key, ...rest) => store.create(shorten(key), ...rest),
    head: (key, options) => store.head(shorten(key), options),
    read: (key, options) => store.read(shorten(key), options),
    delete: (key, options) => store.delete(shorten(key), options),
    async *list(prefix, options) {
      for await (const object of store.list(shorten(prefix), options))
        yield { ...object, key: object.key.replace("/short/", `/${long}/`) };
    },
  };
}

const NO_STORE = '`store` must be a store, such as that of `s3Store`, got "s3://bucket"';

const numbers = (count: number): number[] => Array.from({ length: count }, (_, row) => row / 2);

describe("compactParts", () => {
  it("makes one part of small ones, with every row once, also of parts that arrive later", async () => {
    const place = newPlace();
    const { store } = place;
    const monday = place.log("monday");
    await monday.logParts(6);
    await place.log("tuesday").logParts(1);
    const before = await readRowIds(store, "monday");
    await using open = await openParts(store, { dataset: "fleet", recordingId: "monday" });

    const { compacted, deleted, leftOut, failed, warnings } = await compact(place);
    expect({ deleted, leftOut, failed, warnings }).toEqual({
      deleted: { objects: 0, bytes: 0 },
      leftOut: [],
      failed: [],
      warnings: [],
    });
    expect(compacted).toMatchObject([
      { recordingId: "monday", replaced: await keysIn(store, "v1/fleet/direct/monday/") },
    ]);
    expect(compacted[0]?.key).toMatch(/^v1\/fleet\/compact-parts\/monday\/0{15}1-[0-9a-f]{12}\.rrd$/);
    expect((await store.head(compacted[0]?.key ?? ""))?.size).toBe(compacted[0]?.bytes);
    expect(readdirSync(place.work)).toEqual([]);
    const after = await readRowIds(store, "monday");
    expect(after.ids).toEqual(before.ids);
    expect(after.chunks).toBeLessThan(before.chunks);
    expect((await verifyRrd(await store.read(compacted[0]?.key ?? ""))).problems).toEqual([]);
    // What was open stays readable.
    expect((await open.recording().query({ index: "row", contents: "/rows" }).toTable()).numRows).toBe(30);

    // Later parts repeat the static data, which counts once.
    await monday.logParts(2);
    await monday.recording.close();
    expect(await readRows(store, "monday")).toEqual(numbers(40));
    const { ids } = await readRowIds(store, "monday");
    expect(ids).toEqual([...new Set(ids)]);
    expect((await compact(place)).compacted).toEqual([]);
  });

  it("compacts recordings whose ids are too long for the names of files", async () => {
    const id = "長".repeat(60);
    const place = newPlace();
    const store = withShortFiles(place.store, escapeId(id));
    const log = new UploadedRecording(store, join(place.work, "spool"), id);
    await log.logParts(5);
    expect(await compact({ ...place, store })).toMatchObject({ compacted: [{ recordingId: id }], failed: [] });
    expect(await readRows(store, id)).toEqual(numbers(25));
  });

  it("deletes what was replaced a day ago, unless the part in its place is missing", async () => {
    const place = newPlace();
    const { path, store } = place;
    await place.log("monday").logParts(5);
    const { compacted } = await compact(place);
    const sources = await keysIn(store, "v1/fleet/direct/");
    expect((await compact(place)).deleted.objects).toBe(0);
    await makeOlder(path, store, "v1/fleet/compact/", 23);
    expect((await compact(place)).deleted.objects).toBe(0);
    await makeOlder(path, store, "v1/fleet/compact/", 2);
    const dry: string[] = [];
    const report = await compact(place, { dryRun: true, onDeleted: (key) => dry.push(key) });
    expect([dry, report.deleted.objects]).toEqual([sources, 5]);
    expect(await keysIn(store, "v1/fleet/direct/")).toEqual(sources);

    const key = compacted[0]?.key ?? "";
    const contents = await store.read(key);
    await store.delete(key);
    expect(await compact(place)).toMatchObject({
      deleted: { objects: 0 },
      warnings: [expect.stringContaining(`${key} is missing: nothing of its recording is deleted`) as string],
    });
    await store.create(key, contents);
    expect((await compact(place)).deleted.objects).toBe(5);
    expect(await keysIn(store, "v1/fleet/direct/")).toEqual([]);
    expect(await readRows(store, "monday")).toEqual(numbers(25));

    // A producer whose first answer was lost sends a part again, long after it was deleted.
    await store.create(sources[0] ?? "", contents);
    expect(await readRows(store, "monday")).toEqual(numbers(25));
    expect((await compact(place)).deleted.objects).toBe(1);
    expect(await keysIn(store, "v1/fleet/clock/")).toEqual([]);
  });

  it("deletes objects with which killed programs have tested the store, a day later", async () => {
    const place = newPlace();
    const { path, store } = place;
    await place.log("monday").logParts(1);
    const parts = await keysIn(store, "");
    const places = ["direct/monday/robot-0", "layouts/fleet/robot-0", "log-parts/monday", "log/00"];
    const probes = places.map((name) => `v1/fleet/${name}/probe-${randomUUID().replaceAll("-", "")}`);
    for (const key of probes) await store.create(key, new Uint8Array(8));
    expect((await compact(place)).deleted.objects).toBe(0);
    await makeOlder(path, store, "v1/fleet/", 25);
    expect((await compact(place, { recordingIds: ["monday"] })).deleted.objects).toBe(2);
    expect((await compact(place)).deleted.objects).toBe(2);
    expect(await keysIn(store, "")).toEqual(parts);
  });

  it("removes the temporary folders of killed programs, and no others", async () => {
    const place = newPlace();
    await place.log("monday").logParts(5);
    const folders = ["dead", "alive", "new"].map((name) => join(place.work, `rerun-ts-compact-${name}`));
    for (const path of folders) {
      mkdirSync(path);
      writeFileSync(join(path, "merged.rrd.part"), "data");
    }
    const [dead = "", alive = ""] = folders;
    // Nobody listens on its socket.
    const token = "0a".repeat(16);
    writeFileSync(join(dead, "lock"), JSON.stringify({ version: 1, token, pid: 1, host: "other", socket: true }));
    writeFileSync(join(dead, `.${token}.sock`), "");
    const lock = DirectoryLock.create(alive, "lock");
    expect((await compact(place)).compacted).toHaveLength(1);
    expect(readdirSync(place.work).sort()).toEqual(["rerun-ts-compact-alive", "rerun-ts-compact-new"]);
    lock?.release();
  });

  it("keeps every row once when several run at the same time", async () => {
    const place = newPlace();
    const rec = place.log("monday");
    await rec.logParts(8);
    const { ids } = await readRowIds(place.store, "monday");
    const reports = await Promise.all(Array.from({ length: 3 }, () => compact(place)));
    expect(reports.flatMap(({ failed }) => failed)).toEqual([]);
    expect(reports.flatMap(({ compacted }) => compacted)).toHaveLength(1);
    expect((await readRowIds(place.store, "monday")).ids).toEqual(ids);
    await rec.recording.close();
  });

  it("keeps every row once wherever it is killed, and does the rest when it runs again", async () => {
    const source = newPlace();
    await source.log("monday").logParts(5);
    const { ids } = await readRowIds(source.store, "monday");
    let calls = 0;
    for (const isAnswerLost of [false, true]) {
      for (let killedAt = 1; ; killedAt++) {
        const place = newPlace();
        for (const key of await keysIn(source.store, "")) await place.store.create(key, await source.store.read(key));
        calls = 0;
        const killed = killingStore(place.store, () => ++calls === killedAt, isAnswerLost);
        const result = await compact({ ...place, store: killed }).catch((error: unknown) => error);
        expect((await readRowIds(place.store, "monday")).ids).toEqual(ids);
        expect(readdirSync(place.work)).toEqual([]);
        if (!(result instanceof Error) && calls < killedAt) break;
        const { compacted } = await compact(place);
        const keys = await keysIn(place.store, "v1/fleet/compact/");
        expect([compacted.length, keys.length]).toEqual(
          isAnswerLost && keys.length > compacted.length ? [0, 1] : [1, 1],
        );
        expect((await readRowIds(place.store, "monday")).ids).toEqual(ids);
      }
      // The part, its replacement, and the object for the time.
      expect(calls).toBe(4);
    }
  });

  it("leaves damaged parts as they are, and those with other types", async () => {
    const place = newPlace("damaged");
    const { store } = place;
    const rec = place.log("monday");
    await rec.logParts(4);
    await rec.recording.close();
    const other = place.log("monday");
    await other.logParts(1, "text");
    await other.recording.close();
    const damaged = "v1/fleet/direct/monday/robot-00/00000001.rrd";
    await store.create(damaged, new TextEncoder().encode("no recording at all"));
    await using file = await openParts(store, { dataset: "fleet", recordingId: "monday" });
    expect(file.leftOut.map(({ source }) => source)).toEqual([damaged]);
    const missing = join(place.work, "none");
    await expect(compact({ ...place, work: missing })).rejects.toMatchObject({
      code: "IO_ERROR",
      argument: "temporaryFolder",
      message: expect.stringContaining(`cannot use the temporary folder ${missing}: ENOENT`) as string,
    });
    const { compacted, leftOut } = await compact(place);
    expect(compacted).toMatchObject([{ replaced: { length: 4 } }]);
    expect(leftOut.map(({ reason }) => reason)).toEqual([
      expect.stringContaining("there is no footer"),
      "it has a component with another type than most parts",
    ]);
    expect(leftOut[0]?.key).toBe(damaged);
  });

  it("leaves a part with a damaged chunk behind a sound footer as it is, and makes one of the others", async () => {
    const place = newPlace("damaged");
    const { path, store } = place;
    const rec = place.log("monday");
    await rec.logParts(5);
    await rec.recording.close();
    const [, damaged = ""] = await keysIn(store, "v1/fleet/direct/monday/");
    const file = join(path, damaged);
    const bytes = readFileSync(file);
    // Within the first chunk: footers are at the end.
    bytes.fill(0xff, 1000, 1040);
    writeFileSync(file, bytes);
    const { compacted, leftOut, failed } = await compact(place);
    expect(failed).toEqual([]);
    expect(leftOut).toEqual([
      { key: damaged, reason: expect.stringMatching(/^it is damaged at byte \d+: /) as string },
    ]);
    expect(compacted).toMatchObject([{ replaced: { length: 4 } }]);
    expect(readFileSync(file).equals(bytes)).toBe(true);
  });

  it("deletes layouts a day after ten newer ones of their application, or after the last recording", async () => {
    const place = newPlace();
    const { path, store } = place;
    await place.log("monday").logParts(1);
    const layout = (index: number, application = "arm"): string =>
      `v1/fleet/layouts/${application}/robot-${index}/00000001.rbl`;
    for (let index = 0; index < 13; index++) {
      await store.create(layout(index), new Uint8Array([index]));
      await makeOlder(path, store, layout(index), 100 - index);
    }
    await store.create(layout(0, "other"), new Uint8Array([0]));
    await makeOlder(path, store, layout(0, "other"), 100);
    const { deleted } = await compact(place, { dryRun: true });
    expect(deleted.objects).toBe(3);
    await compact(place);
    const left = await keysIn(store, "v1/fleet/layouts/");
    const kept = Array.from({ length: 10 }, (_, index) => layout(index + 3));
    expect(left).toEqual([...kept, layout(0, "other")].sort());
    expect(readdirSync(join(path, "v1/fleet/layouts/arm"))).not.toContain("robot-0");
    await makeOlder(path, store, "v1/fleet/direct/", 1000);
    await removeOldParts(store, { dataset: "fleet", keepDays: 30 });
    await compact(place);
    expect(await keysIn(store, "v1/fleet/layouts/")).toHaveLength(11);
    // Once the parts themselves are gone.
    await makeOlder(path, store, "v1/fleet/compact/", 25);
    await compact(place);
    await compact(place);
    expect(await keysIn(store, "v1/fleet/layouts/")).toEqual([]);
  });

  it("deletes parts that never counted a day later, and their writers cannot make them count", async () => {
    const place = newPlace();
    const { path, store } = place;
    await place.log("monday").logParts(1);
    const part = await store.read((await keysIn(store, "v1/fleet/direct/"))[0] ?? "");
    const log = "v1/fleet/log-parts/monday/07-0000000000000001-aaaaaaaaaaaa.rrd";
    const layout = "v1/fleet/log-layouts/fleet/07-0000000000000001-bbbbbbbbbbbb.rbl";
    const later = "v1/fleet/log-parts/monday/07-0000000000000002-cccccccccccc.rrd";
    const made = "v1/fleet/compact-parts/monday/0000000000000001-dddddddddddd.rrd";
    for (const key of [log, layout, later, made, "v1/fleet/clock/0"]) await store.create(key, part);
    expect((await compact(place)).deleted.objects).toBe(0);
    for (const prefix of ["v1/fleet/log-", "v1/fleet/compact-parts", "v1/fleet/clock"])
      await makeOlder(path, store, prefix, 25);
    const deleted: string[] = [];
    await compact(place, { onDeleted: (key) => deleted.push(key) });
    // After the first number is taken, the second part is behind the newest commit, too.
    expect(deleted.sort()).toEqual([later, log, layout, made, "v1/fleet/clock/0"].sort());
    expect(await keysIn(store, "v1/fleet/log-")).toEqual([]);
    // An ingester and a compactor that were frozen find these numbers taken.
    for (const key of ["log/07/0000000000000001", "log/07/0000000000000002", "compact/monday/0000000000000001"])
      expect(await store.create(`v1/fleet/${key}.json`, part), key).toBe(false);
    expect(await readRows(store, "monday")).toEqual(numbers(5));
  });

  it("warns of a dataset and of recordings without parts, which may be misspelt", async () => {
    const place = newPlace();
    await place.log("monday").logParts(1);
    const { url } = place.store;
    expect((await compact(place, { dataset: "flet" })).warnings).toEqual([`${url} has no parts of the dataset flet`]);
    expect((await compact(place, { recordingIds: ["monday", "mon"] })).warnings).toEqual([
      `${url} has no parts of the recording mon in the dataset fleet`,
    ]);
  });

  it("says which option is wrong, and what a store lacks", async () => {
    const { store, work } = newPlace();
    const call = (options: object): Promise<unknown> => compactParts(store, { dataset: "fleet", ...options });
    await expect(call({ minParts: 1 })).rejects.toThrow("`minParts` must be an integer of at least 2, got 1");
    await expect(compactParts("s3://bucket" as never, { dataset: "fleet" })).rejects.toThrow(NO_STORE);
    await expect(removeOldParts("s3://bucket" as never, { dataset: "fleet", keepDays: 1 })).rejects.toThrow(NO_STORE);
    await expect(openParts("s3://bucket" as never, { dataset: "fleet", recordingId: "x" })).rejects.toThrow(NO_STORE);
    await expect(call({ maxBytes: 0 })).rejects.toThrow("`maxBytes` must be a positive number of bytes, got 0");
    await expect(call({ maxBytes: 6e9 })).rejects.toThrow('`maxBytes` must be at most "5GB", because');
    const spooled = { dataset: "fleet", spool: work, maxBytes: "6GB" };
    expect(() => new PartsSink(store, spooled)).toThrow('`maxBytes` must be at most "5GB", because');
    await expect(call({ temporaryFolder: 5 })).rejects.toThrow("`temporaryFolder` must be the path of a folder, got 5");
    await expect(call({ recordingIds: "monday" })).rejects.toThrow("`recordingIds` must be an array of ids");
    const noTimes = {
      ...bound(store),
      head: async (key: string) => ({ key, size: (await store.head(key))?.size ?? 0 }),
    };
    await expect(compactParts(noTimes, { dataset: "fleet", temporaryFolder: work })).rejects.toMatchObject({
      code: "UNSUPPORTED",
      message: expect.stringContaining("does not say when objects were created") as string,
    });
    rmSync(work, { recursive: true });
  });
});

/** A store at whose change the process ends: before it, or after it. */
function killingStore(store: ObjectStore, isKilled: () => boolean, isAnswerLost: boolean): ObjectStore {
  let isOver = false;
  const killed = new RerunError("ABORTED", "the process was killed");
  const change = async <T>(work: () => Promise<T>): Promise<T> => {
    if (isOver) throw killed;
    isOver = isKilled();
    if (isOver && !isAnswerLost) throw killed;
    const result = await work();
    if (isOver) throw killed;
    return result;
  };
  return {
    ...bound(store),
    create: (...all) => change(() => store.create(...all)),
    delete: (...all) => change(() => store.delete(...all)),
  };
}
