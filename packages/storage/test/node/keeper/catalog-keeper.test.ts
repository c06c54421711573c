import { randomUUID } from "node:crypto";
import { cpSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { compactParts, fsStore, type ObjectInfo, type ObjectStore } from "@rerun-ts/storage";
import { optimizeRrd } from "@rerun-ts/reading";
import { RerunError } from "@rerun-ts/node";
import { makeTemporaryFolder } from "@rerun-ts/test-support/node/temporary-folder";
import { afterAll, describe, expect, it } from "vitest";
import { CatalogKeeper, type KeeperOptions } from "../../../dist/keeper/catalog-keeper.js";
import { DueWork } from "../../../dist/status/due-work.js";
import { withRecordsApart } from "../../../dist/store/records-apart.js";
import { FakeCatalog } from "../../fake-catalog.ts";
import { IngestedRecordings } from "../../ingested-recordings.ts";
import { UploadedRecording, keysIn, makeOlder } from "../../stored-rows.ts";

const folder = makeTemporaryFolder();
afterAll(() => folder.remove());

const { signal } = new AbortController();

interface Place {
  readonly path: string;
  readonly store: ObjectStore;
  /** Keys that cannot be read now. */
  unreadable: (key: string) => boolean;
  /** Keys whose bytes are changed on their way. */
  damaged: (key: string) => boolean;
  /** Prefixes that cannot be listed now. */
  unlisted: (prefix: string) => boolean;
  /** Keys that lists lack now. */
  missesInLists: (key: string) => boolean;
  readonly catalog: FakeCatalog;
  readonly log: string[];
  readonly copies: string;
  readonly upload: (recordingId: string, parts: number, value?: string | number) => Promise<void>;
  /** The keeper's clock, in milliseconds. */
  readonly clock: { now: number };
  readonly work: DueWork;
  readonly compact: () => Promise<unknown>;
  readonly keeper: (options?: Partial<KeeperOptions>) => CatalogKeeper;
}

function newPlace(): Place {
  const base = join(folder.path, randomUUID());
  const [path, work, copies] = ["store", "work", "copies"].map((name) => join(base, name)) as [string, string, string];
  for (const each of [path, work, copies]) mkdirSync(each, { recursive: true });
  const files = fsStore(path);
  const clock = { now: 0 };
  const read: ObjectStore["read"] = async (key, options) => {
    if (place.unreadable(key)) throw new RerunError("CONNECTION", "the store is away");
    const bytes = await files.read(key, options);
    // In the first chunk.
    return place.damaged(key) ? bytes.map((byte, at) => (at === 120 ? byte ^ 0xff : byte)) : bytes;
  };
  const present = async function* (objects: AsyncIterable<ObjectInfo>): AsyncGenerator<ObjectInfo> {
    for await (const object of objects) if (!place.missesInLists(object.key)) yield object;
  };
  const store: ObjectStore = {
    url: files.url,
    create: (...args) => files.create(...args),
    head: (...args) => files.head(...args),
    list: (...args) => {
      if (place.unlisted(args[0])) throw new RerunError("AUTH", "access is denied");
      return present(files.list(...args));
    },
    delete: (...args) => files.delete(...args),
    read,
  };
  const place: Place = {
    path,
    store,
    unreadable: () => false,
    damaged: () => false,
    unlisted: () => false,
    missesInLists: () => false,
    clock,
    work: new DueWork("parts of the store", () => clock.now),
    catalog: new FakeCatalog(),
    log: [],
    copies,
    upload: async (recordingId, parts, value) => {
      const uploaded = new UploadedRecording(store, join(base, "spool"), recordingId);
      await uploaded.logParts(parts, value);
      await uploaded.recording.close();
    },
    compact: () => compactParts(store, { dataset: "fleet", temporaryFolder: work }),
    keeper: (options) =>
      new CatalogKeeper({
        store,
        datasets: ["fleet"],
        files: copies,
        isMounted: false,
        work: place.work,
        log: (text) => place.log.push(text),
        ...options,
      }),
  };
  return place;
}

async function collect(pieces: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const all: Uint8Array[] = [];
  for await (const piece of pieces) all.push(piece);
  return Buffer.concat(all);
}

async function* empty(): AsyncGenerator<never> {
  // Nothing.
}

const isMade = (layer: string): boolean => layer.startsWith("compact-parts/");

describe("the keeper of a catalog", () => {
  it("is not healthy while the store does not deliver a record, and does not wait with the rest", async () => {
    const place = newPlace();
    const { catalog, clock, work } = place;
    for (const id of ["monday", "tuesday"]) await place.upload(id, 4);
    await place.compact();
    const files = fsStore(place.path);
    const store = withRecordsApart({
      ...place.store,
      listFolders: (...args) => files.listFolders?.(...args) ?? empty(),
    });
    const keeper = place.keeper({ store, now: () => clock.now, fullEveryMs: 3_600_000 });
    const passes = async (seconds: number): Promise<void> => {
      for (let second = 0; second < seconds; second += 3) {
        clock.now += 3000;
        await keeper.pass(catalog.client, signal);
      }
    };
    place.unreadable = (key) => key.includes("/compact/monday/");
    await passes(60);
    expect([keeper.registered, keeper.unclear.map(({ recordingId }) => recordingId)]).toEqual([1, ["monday"]]);
    expect(work.report().problem).toContain("(recordings of the dataset fleet: monday: the store is away)");
    place.unreadable = () => false;
    await passes(66);
    expect([keeper.registered, keeper.unclear, work.report().problem]).toEqual([2, [], undefined]);
  });

  it("unregisters parts only after the part in their place is registered", async () => {
    const place = newPlace();
    const { catalog, copies } = place;
    await place.upload("monday", 4);
    const keeper = place.keeper();
    await keeper.pass(catalog.client, signal);
    const before = catalog.layersOf("fleet");
    expect([before.length, keeper.registered, keeper.pending]).toEqual([4, 4, 0]);
    await place.compact();

    place.unreadable = (key) => key.includes("/compact-parts/");
    await keeper.pass(catalog.client, signal);
    expect(catalog.layersOf("fleet")).toEqual(before);
    expect([keeper.registered, keeper.pending]).toEqual([0, 1]);

    place.unreadable = () => false;
    place.clock.now += 10_000;
    catalog.changes.length = 0;
    await keeper.pass(catalog.client, signal);
    expect(catalog.changes.map((change) => change.slice(0, 1))).toEqual(["+", "-"]);
    expect(catalog.layersOf("fleet").map(isMade)).toEqual([true]);
    expect([keeper.registered, keeper.pending]).toEqual([1, 0]);
    // The copies of the replaced parts are gone.
    expect(readdirSync(copies, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".rrd"))).toEqual([
      `v1/fleet/${catalog.layersOf("fleet")[0]}.rrd`,
    ]);
  });

  it("leaves the parts of a recording alone whose replacement the catalog refuses", async () => {
    const place = newPlace();
    const { catalog } = place;
    await place.upload("monday", 4);
    await place.upload("tuesday", 4);
    const keeper = place.keeper();
    await keeper.pass(catalog.client, signal);
    await place.compact();
    catalog.refuses = (layer) => isMade(layer) && layer.includes("monday");
    await keeper.pass(catalog.client, signal);
    expect(catalog.layersOf("fleet").map((layer) => layer.split("/").slice(0, 2).join(" "))).toEqual([
      "compact-parts tuesday",
      ...Array<string>(4).fill("direct monday"),
    ]);
  });

  it("registers what is new in each pass, and everything again in a catalog that has forgotten it", async () => {
    const place = newPlace();
    const { catalog } = place;
    await place.upload("monday", 1);
    const keeper = place.keeper();
    await keeper.pass(catalog.client, signal);
    await place.upload("tuesday", 2);
    await keeper.pass(catalog.client, signal);
    expect(catalog.changes.map((change) => change.split(" ").length - 2)).toEqual([1, 2]);
    catalog.restart();
    await keeper.pass(catalog.client, signal);
    expect(catalog.layersOf("fleet")).toHaveLength(3);
    expect(place.log).toContainEqual(expect.stringContaining('the catalog has forgotten the dataset "fleet"'));
  });

  it("keeps recordings of a maximum age, and removes older ones", async () => {
    const place = newPlace();
    const { catalog } = place;
    await place.upload("monday", 1);
    await place.upload("tuesday", 1);
    const keeper = place.keeper({ maxAgeMs: 3_600_000 });
    await keeper.pass(catalog.client, signal);
    await makeOlder(place.path, place.store, "v1/fleet/direct/monday/", 2);
    await keeper.pass(catalog.client, signal);
    expect(catalog.layersOf("fleet").map((layer) => layer.split("/")[1])).toEqual(["tuesday"]);
  });

  it("unregisters parts that the store does not have any more, as after it was restored from a copy", async () => {
    const place = newPlace();
    const { catalog, copies } = place;
    await place.upload("monday", 4);
    const [copy, later] = ["restored", "later"].map((name) => join(place.path, "..", name)) as [string, string];
    cpSync(place.path, copy, { recursive: true });
    await place.compact();
    await place.upload("tuesday", 2);
    const ingested = new IngestedRecordings(place.store);
    await ingested.commit(["a", "b", "c"]);
    await ingested.end();
    await place.keeper().pass(catalog.client, signal);
    expect(catalog.layersOf("fleet")).toHaveLength(6);
    renameSync(place.path, later);
    renameSync(copy, place.path);

    const keeper = place.keeper();
    await keeper.pass(catalog.client, signal);
    // One list proves nothing.
    expect(catalog.layersOf("fleet")).toHaveLength(4 + 6);
    await keeper.pass(catalog.client, signal);
    const layers = catalog.layersOf("fleet");
    expect(layers.map((layer) => layer.split("/").slice(0, 2).join(" "))).toEqual(Array(4).fill("direct monday"));
    expect((await keysIn(fsStore(copies), "v1/fleet/")).length).toBe(4);
    expect(place.log).toContainEqual(expect.stringMatching(/^6 parts of the dataset fleet will be unregistered/));
  });

  it("keeps registered parts that an empty store, or a list, lacks, and those that a commit names", async () => {
    const place = newPlace();
    const { catalog } = place;
    const ingested = new IngestedRecordings(place.store);
    await ingested.commit(["a"], 5, 100_000);
    await ingested.end();
    await place.upload("monday", 2);
    await place.keeper().pass(catalog.client, signal);
    const before = catalog.layersOf("fleet");
    const [committed = ""] = await keysIn(place.store, "v1/fleet/log-parts/");
    await place.store.delete?.(committed);
    place.missesInLists = (key) => key.includes("/direct/") && key.endsWith("1.rrd");
    const keeper = place.keeper();
    for (let pass = 0; pass < 3; pass++) await keeper.pass(catalog.client, signal);
    expect([catalog.layersOf("fleet"), keeper.registered]).toEqual([before, 1]);
    // Another folder is mounted in its place.
    renameSync(place.path, join(place.path, "..", "away"));
    mkdirSync(place.path);
    for (let pass = 0; pass < 3; pass++) await keeper.pass(catalog.client, signal);
    expect([catalog.layersOf("fleet"), keeper.registered]).toEqual([before, 0]);
  });

  it("keeps registered parts that are gone from recordings that are unclear, or that other keepers have", async () => {
    const place = newPlace();
    const { catalog } = place;
    const ingested = new IngestedRecordings(place.store);
    await ingested.commit(["unclear"], 5, 100_000);
    await ingested.end();
    for (const id of ["unclear", "other", "own"]) await place.upload(id, 2);
    await place.keeper().pass(catalog.client, signal);
    const before = catalog.layersOf("fleet");
    for (const id of ["unclear", "other"]) {
      const [first = ""] = await keysIn(place.store, `v1/fleet/direct/${id}/`);
      await place.store.delete?.(first);
    }
    const [commit = ""] = await keysIn(place.store, "v1/fleet/log/");
    writeFileSync(join(place.path, commit), "damaged");
    const keeper = place.keeper({ recordings: new Set(["unclear", "own"]) });
    for (let pass = 0; pass < 3; pass++) await keeper.pass(catalog.client, signal);
    expect(keeper.unclear.map(({ recordingId }) => recordingId)).toEqual(["unclear"]);
    expect(catalog.layersOf("fleet")).toEqual(before);
  });

  it("keeps the parts of a keeper with another store beside its own, also those that do not fit", async () => {
    const [place, other] = [newPlace(), newPlace()];
    for (const id of ["a", "b", "c"]) await place.upload(id, 1, 5);
    for (const id of ["d", "e"]) await other.upload(id, 1, 5);
    await other.upload("text", 1, "one");
    const { client } = place.catalog;
    for (let pass = 0; pass < 3; pass++) {
      for (const { keeper } of [place, other]) await keeper().pass(client, signal);
      const keepers = [place.keeper(), other.keeper()];
      for (let again = 0; again < 2; again++) for (const keeper of keepers) await keeper.pass(client, signal);
    }
    expect(place.catalog.layersOf("fleet").map((layer) => layer.split("/")[1])).toEqual(["a", "b", "c", "d", "e"]);
    expect(place.catalog.layersOf("fleet.conflicts").map((layer) => layer.split("/")[1])).toEqual(["text"]);
    expect(place.catalog.changes.filter((change) => change.startsWith("-"))).toEqual([]);
  });

  it("keeps registered parts for which it cannot ask the store, and is not healthy if that lasts", async () => {
    const place = newPlace();
    const { catalog } = place;
    await place.upload("monday", 2);
    await place.upload("tuesday", 1);
    await place.keeper().pass(catalog.client, signal);
    const [first = ""] = await keysIn(place.store, "v1/fleet/direct/monday/");
    await place.store.delete?.(first);
    const denied: { -readonly [Name in keyof ObjectStore]: ObjectStore[Name] } = { ...place.store };
    denied.head = () => Promise.reject(new RerunError("AUTH", "access is denied"));
    const keeper = place.keeper({ store: denied });
    for (let pass = 0; pass < 3; pass++) {
      place.clock.now += 20_000;
      await keeper.pass(catalog.client, signal);
    }
    expect(catalog.layersOf("fleet")).toHaveLength(3);
    expect(place.work.report().problem).toMatch(/parts of the dataset fleet that are not in lists: access is denied/);
    denied.head = (...request) => place.store.head(...request);
    place.clock.now += 60_000;
    for (let pass = 0; pass < 2; pass++) await keeper.pass(catalog.client, signal);
    expect([catalog.layersOf("fleet").length, place.work.report().problem]).toEqual([2, undefined]);
  });

  it("has the recordings that it is for, and warns once of a dataset without parts", async () => {
    const place = newPlace();
    await place.upload("monday", 1);
    await place.upload("tuesday", 1);
    const keeper = place.keeper({ recordings: new Set(["tuesday"]), datasets: ["fleet", "flete"] });
    for (let pass = 0; pass < 2; pass++) await keeper.pass(place.catalog.client, signal);
    expect(place.catalog.layersOf("fleet").map((layer) => layer.split("/")[1])).toEqual(["tuesday"]);
    expect(place.log.filter((text) => text.includes("no parts of the dataset flete"))).toHaveLength(1);
    expect(existsSync(join(place.copies, "v1/fleet/direct/monday"))).toBe(false);
  });

  it("tries a part again that the catalog refuses for a moment, and is not healthy if that lasts", async () => {
    const place = newPlace();
    const { catalog, work } = place;
    await place.upload("monday", 2);
    catalog.refuses = (layer) => layer.endsWith("00000002");
    const keeper = place.keeper();
    await keeper.pass(catalog.client, signal);
    expect([keeper.registered, keeper.pending, keeper.quarantined.size]).toEqual([1, 1, 0]);
    expect(work.report()).toMatchObject({ failing: 1, problem: undefined });
    place.clock.now = 40_000;
    await keeper.pass(catalog.client, signal);
    expect(work.report().problem).toMatch(
      /1 of the parts of the store fail for 40 s \(.*00000002\.rrd: .*does not fit/,
    );
    catalog.refuses = () => false;
    place.clock.now = 100_000;
    await keeper.pass(catalog.client, signal);
    expect([keeper.registered, keeper.pending, work.report().problem]).toEqual([2, 0, undefined]);
  });

  it("is not healthy where the store is mounted and parts are in bundles, says so once, and has all others", async () => {
    const place = newPlace();
    const ingested = new IngestedRecordings(place.store);
    await ingested.commit(["a", "b", "c"]);
    await place.upload("monday", 1);
    const keeper = place.keeper({ isMounted: true, files: place.path });
    for (const now of [0, 40_000]) {
      place.clock.now = now;
      await keeper.pass(place.catalog.client, signal);
    }
    await ingested.commit(["a", "b", "c"]);
    await ingested.end();
    await keeper.pass(place.catalog.client, signal);
    expect([keeper.registered, keeper.pending]).toEqual([1, 6]);
    expect(place.work.report()).toMatchObject({
      failing: 1,
      problem: expect.stringMatching(/bundles of the dataset fleet: .* keep without `--mounted`, or ingest with/),
    });
    expect(place.log.filter((text) => text.includes("bundles"))).toHaveLength(1);
  });

  it("has the same parts in each catalog where types conflict: those with most of the data", async () => {
    const place = newPlace();
    await place.upload("a-text", 1, "one");
    for (const id of ["b", "c", "d"]) await place.upload(id, 1, 5);
    const inDatasets = ({ catalog }: Place): readonly (readonly string[])[] =>
      ["fleet", "fleet.conflicts"].map((name) => catalog.layersOf(name).map((layer) => layer.split("/")[1] ?? ""));
    const wanted = [["b", "c", "d"], ["a-text"]];
    const keeper = place.keeper();
    await keeper.pass(place.catalog.client, signal);
    expect(inDatasets(place)).toEqual(wanted);
    expect([keeper.registered, keeper.pending, keeper.quarantined.size]).toEqual([3, 0, 1]);
    const changes = place.catalog.changes.length;
    await keeper.pass(place.catalog.client, signal);
    expect(place.catalog.changes).toHaveLength(changes);
    place.catalog.restart();
    await keeper.pass(place.catalog.client, signal);
    expect(inDatasets(place)).toEqual(wanted);
    // Another keeper beside the same catalog, after most of the data has become text.
    for (const id of ["e", "f", "g"]) await place.upload(id, 1, "two");
    await place.keeper().pass(place.catalog.client, signal);
    expect(inDatasets(place)).toEqual([
      ["a-text", "e", "f", "g"],
      ["b", "c", "d"],
    ]);
  });

  it("leaves parts of other types in their place, also when the copies of the others are gone", async () => {
    const place = newPlace();
    const { catalog } = place;
    await place.upload("a-text", 1, "one");
    for (const id of ["b", "c"]) await place.upload(id, 1, 5);
    await place.keeper().pass(catalog.client, signal);
    const before = [catalog.layersOf("fleet"), catalog.layersOf("fleet.conflicts")];
    rmSync(place.copies, { recursive: true });
    const keeper = place.keeper();
    place.unreadable = (key) => key.includes("/b/");
    await keeper.pass(catalog.client, signal);
    expect([catalog.layersOf("fleet"), catalog.layersOf("fleet.conflicts")]).toEqual(before);
    expect(place.work.report().failing).toBe(1);
    place.unreadable = () => false;
    await keeper.pass(catalog.client, signal);
    expect([catalog.layersOf("fleet"), catalog.layersOf("fleet.conflicts")]).toEqual(before);
    expect(place.work.report().failing).toBe(0);
  });

  it("registers parts again that somebody else has unregistered", async () => {
    const place = newPlace();
    const { catalog } = place;
    await place.upload("monday", 2);
    await place.keeper().pass(catalog.client, signal);
    const layers = catalog.layersOf("fleet");
    catalog.datasets.get("fleet")?.clear();
    const keeper = place.keeper();
    await keeper.pass(catalog.client, signal);
    expect([catalog.layersOf("fleet"), keeper.registered]).toEqual([layers, 2]);
  });

  it("leaves out a part whose bytes are damaged under a right footer", async () => {
    const place = newPlace();
    await place.upload("monday", 2);
    place.damaged = (key) => key.endsWith("00000002.rrd");
    const keeper = place.keeper();
    await keeper.pass(place.catalog.client, signal);
    expect([keeper.registered, keeper.pending]).toEqual([1, 0]);
    expect([...keeper.quarantined.values()]).toMatchObject([{ reason: expect.stringContaining("damaged") as string }]);
  });

  it("registers a damaged part after it was restored, and tells of its damage once", async () => {
    const place = newPlace();
    await place.upload("monday", 2);
    place.damaged = (key) => key.endsWith("00000002.rrd");
    const keeper = place.keeper({ now: () => place.clock.now });
    const pass = async (seconds: number): Promise<readonly number[]> => {
      place.clock.now += seconds * 1000;
      await keeper.pass(place.catalog.client, signal);
      return [keeper.registered, keeper.quarantined.size];
    };
    for (let minute = 0; minute < 60; minute++) expect(await pass(60)).toEqual([1, 1]);
    expect(place.log.filter((text) => text.includes("refused"))).toHaveLength(1);
    place.damaged = () => false;
    await pass(300);
    expect(await pass(300)).toEqual([2, 0]);
    // What was damaged on its way only is there soon.
    await place.upload("monday", 1);
    place.damaged = (key) => key.includes("monday");
    expect(await pass(1)).toEqual([2, 1]);
    place.damaged = () => false;
    expect(await pass(9)).toEqual([2, 1]);
    expect(await pass(1)).toEqual([3, 0]);
  });

  it("keeps all other recordings if a later version has written a commit", async () => {
    const place = newPlace();
    const { store } = place;
    await place.upload("monday", 2);
    const [own = ""] = await keysIn(store, "v1/fleet/direct/monday/");
    await store.create("v1/fleet/log-parts/tuesday/07-0000000000000001-aaaaaaaaaaaa.rrd", await store.read(own));
    await store.create("v1/fleet/log/07/0000000000000001.json", Buffer.from('{"version":99,"parts":[]}'));
    const keeper = place.keeper();
    for (const count of [2, 3]) {
      await keeper.pass(place.catalog.client, signal);
      expect([keeper.registered, keeper.unclear.map(({ recordingId }) => recordingId)]).toEqual([count, ["tuesday"]]);
      await place.upload("wednesday", 1);
    }
  });

  it("leaves out a part with the data of another recording", async () => {
    const place = newPlace();
    const { store } = place;
    await place.upload("monday", 1);
    const [own = ""] = await keysIn(store, "v1/fleet/direct/monday/");
    await place.upload("page", 1);
    const [pages = ""] = await keysIn(store, "v1/fleet/direct/page/");
    const both = await collect(optimizeRrd([await store.read(pages), await store.read(own)]));
    for (const [number, bytes] of [await store.read(own), both].entries())
      await store.create(pages.replace("00000001", `0000000${number + 2}`), bytes);
    const keeper = place.keeper();
    await keeper.pass(place.catalog.client, signal);
    expect(keeper.registered).toBe(2);
    const reasons = [...keeper.quarantined.values()].map(({ reason }) => reason).sort();
    expect(reasons).toEqual([
      expect.stringMatching(/has no recording "page"/),
      expect.stringMatching(/is of the recording "page", and has others: "monday"/),
    ]);
  });

  it("goes on with the other datasets if one cannot be listed", async () => {
    const place = newPlace();
    await place.upload("monday", 1);
    place.unlisted = (prefix) => prefix.startsWith("v1/closed/");
    const keeper = place.keeper({ datasets: ["closed", "fleet"] });
    await keeper.pass(place.catalog.client, signal);
    expect(keeper.registered).toBe(1);
    place.clock.now = 60_000;
    await keeper.pass(place.catalog.client, signal);
    expect(place.work.report().problem).toContain("dataset closed: access is denied");
  });

  it("registers the other parts while the bytes of one do not come", async () => {
    const place = newPlace();
    const { catalog, store } = place;
    await place.upload("monday", 1);
    await place.upload("tuesday", 3);
    let goOn = (): void => {};
    const hanging = new Promise<void>((resolve) => (goOn = resolve));
    const read: ObjectStore["read"] = async (key, options) => {
      if (key.includes("/monday/")) await hanging;
      return store.read(key, options);
    };
    const keeper = place.keeper({ store: { ...store, read } });
    const passing = keeper.pass(catalog.client, signal);
    await expect.poll(() => catalog.layersOf("fleet").length, { timeout: 10_000 }).toBe(3);
    goOn();
    await passing;
    expect(keeper.registered).toBe(4);
  });
});
