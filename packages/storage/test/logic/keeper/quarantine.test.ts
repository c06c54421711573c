import { RerunError } from "@rerun-ts/core";
import { describe, expect, it } from "vitest";
import { Quarantine } from "../../../dist/keeper/quarantine.js";
import { FakeCatalog } from "../../fake-catalog.ts";

const { signal } = new AbortController();
const KEY = "v1/fleet/direct/monday/robot-1/00000001.rrd";
const PART = { url: "file:///1.rrd", layer: "direct/monday/robot-1/00000001" };

function quarantineOf(catalog: FakeCatalog): {
  quarantine: Quarantine;
  put: (signal?: AbortSignal) => Promise<string | undefined>;
  removed: string[];
  log: string[];
} {
  const removed: string[] = [];
  const log: string[] = [];
  const files = { remove: async (key: string) => void removed.push(key) };
  const quarantine = new Quarantine(
    files,
    (text) => log.push(text),
    () => 0,
  );
  const put = (own = signal): Promise<string | undefined> => {
    quarantine.setAside(KEY, "another type");
    return quarantine.putInConflicts(catalog.client, "fleet", KEY, PART, own);
  };
  return { quarantine, put, removed, log };
}

describe("the quarantine of a keeper", () => {
  it("registers a part that does not fit in a dataset for these, and says where and why", async () => {
    const catalog = new FakeCatalog();
    const { quarantine, put, log } = quarantineOf(catalog);
    expect(await put()).toBeUndefined();
    expect(catalog.layersOf("fleet.conflicts")).toEqual([PART.layer]);
    expect(quarantine.parts.get(KEY)).toEqual({ key: KEY, dataset: "fleet.conflicts", reason: "another type" });
    expect(log.at(-1)).toBe(`refused ${KEY}, and it is in the dataset fleet.conflicts instead: another type`);
  });

  it("keeps a part in no dataset that is refused there, too, and returns the reason", async () => {
    const catalog = new FakeCatalog();
    catalog.refuses = () => true;
    const { quarantine, put } = quarantineOf(catalog);
    expect(await put()).toContain("does not fit");
    expect(quarantine.parts.get(KEY)?.dataset).toBeUndefined();
  });

  it("rejects with the error of the connection", async () => {
    const catalog = new FakeCatalog();
    catalog.connectionError = new RerunError("CONNECTION", "away");
    await expect(quarantineOf(catalog).put()).rejects.toMatchObject({ code: "CONNECTION" });
  });

  it("forgets the parts of its dataset that do not count any more, there and in its folder", async () => {
    const catalog = new FakeCatalog();
    const { quarantine, put, removed } = quarantineOf(catalog);
    await put();
    const damaged = KEY.replace("1.rrd", "2.rrd");
    quarantine.leaveOut(damaged, "damaged");
    await quarantine.forget(catalog.client, "fleet", ({ key }) => key === damaged, signal);
    expect([[...quarantine.parts.keys()], removed]).toEqual([[KEY], [damaged]]);
    await quarantine.forget(catalog.client, "other", () => true, signal);
    await quarantine.forget(catalog.client, "fleet", () => false, signal);
    expect([[...quarantine.parts.keys()], catalog.layersOf("fleet.conflicts")]).toEqual([[KEY], [PART.layer]]);
    await quarantine.forget(catalog.client, "fleet", () => true, signal);
    expect([quarantine.parts.size, catalog.layersOf("fleet.conflicts"), removed]).toEqual([0, [], [damaged, KEY]]);
  });

  it("finds out what another keeper has put into the dataset for conflicts", async () => {
    const catalog = new FakeCatalog();
    await quarantineOf(catalog).put();
    const { quarantine } = quarantineOf(catalog);
    for (const isOwn of [false, true]) {
      await quarantine.restart(catalog.client, "fleet", signal, () => isOwn);
      expect([quarantine.parts.get(KEY)?.dataset, quarantine.foreign.has(KEY)]).toEqual(["fleet.conflicts", !isOwn]);
    }
    await quarantine.forget(catalog.client, "fleet", () => true, signal);
    expect(catalog.layersOf("fleet.conflicts")).toEqual([]);
  });
});
