import { randomUUID } from "node:crypto";
import { existsSync, mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { compactParts, fsStore, type ObjectStore } from "@rerun-ts/cloud";
import { RerunError } from "@rerun-ts/node";
import { makeTemporaryFolder } from "@rerun-ts/test-support/node/temporary-folder";
import { afterAll, describe, expect, it } from "vitest";
import { CatalogKeeper, type KeeperOptions } from "../../../dist/keeper/catalog-keeper.js";
import { FakeCatalog } from "../../fake-catalog.ts";
import { UploadedRecording, keysIn, makeOlder } from "../../stored-rows.ts";

const folder = makeTemporaryFolder();
afterAll(() => folder.remove());

const { signal } = new AbortController();

interface Place {
  readonly path: string;
  readonly store: ObjectStore;
  /** Keys that cannot be read now. */
  unreadable: (key: string) => boolean;
  readonly catalog: FakeCatalog;
  readonly log: string[];
  readonly copies: string;
  readonly upload: (recordingId: string, parts: number) => Promise<void>;
  readonly compact: () => Promise<unknown>;
  readonly keeper: (options?: Partial<KeeperOptions>) => CatalogKeeper;
}

function newPlace(): Place {
  const base = join(folder.path, randomUUID());
  const [path, work, copies] = ["store", "work", "copies"].map((name) => join(base, name)) as [string, string, string];
  for (const each of [path, work, copies]) mkdirSync(each, { recursive: true });
  const files = fsStore(path);
  const read: ObjectStore["read"] = async (key, options) => {
    if (place.unreadable(key)) throw new RerunError("CONNECTION", "the store is away");
    return files.read(key, options);
  };
  const store: ObjectStore = {
    url: files.url,
    create: (...args) => files.create(...args),
    head: (...args) => files.head(...args),
    list: (...args) => files.list(...args),
    delete: (...args) => files.delete(...args),
    read,
  };
  const place: Place = {
    path,
    store,
    unreadable: () => false,
    catalog: new FakeCatalog(),
    log: [],
    copies,
    upload: async (recordingId, parts) => {
      const uploaded = new UploadedRecording(store, join(base, "spool"), recordingId);
      await uploaded.logParts(parts);
      await uploaded.recording.close();
    },
    compact: () => compactParts(store, { dataset: "fleet", temporaryFolder: work }),
    keeper: (options) =>
      new CatalogKeeper({
        store,
        datasets: ["fleet"],
        files: copies,
        isMounted: false,
        log: (text) => place.log.push(text),
        ...options,
      }),
  };
  return place;
}

const isMade = (layer: string): boolean => layer.startsWith("compact-parts/");

describe("the keeper of a catalog", () => {
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

  it("keeps a registered part whose object is missing in the store", async () => {
    const place = newPlace();
    const { catalog } = place;
    await place.upload("monday", 2);
    const keeper = place.keeper();
    await keeper.pass(catalog.client, signal);
    const [first = ""] = await keysIn(place.store, "v1/fleet/direct/");
    await place.store.delete?.(first);
    await keeper.pass(catalog.client, signal);
    expect(catalog.layersOf("fleet")).toHaveLength(2);
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

  it("puts a part that the catalog refuses aside, and counts it as neither registered nor pending", async () => {
    const place = newPlace();
    const { catalog } = place;
    await place.upload("monday", 2);
    const refused = "00000002";
    catalog.refuses = (layer) => layer.endsWith(refused);
    const keeper = place.keeper();
    await keeper.pass(catalog.client, signal);
    const { calls } = catalog;
    await keeper.pass(catalog.client, signal);
    expect([keeper.registered, keeper.pending, keeper.quarantined.size, catalog.calls]).toEqual([1, 0, 1, calls]);
  });
});
