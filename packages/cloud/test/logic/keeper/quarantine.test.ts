import { RerunError } from "@rerun-ts/core";
import { describe, expect, it } from "vitest";
import { Quarantine } from "../../../dist/keeper/quarantine.js";
import { FakeCatalog } from "../../fake-catalog.ts";

const { signal } = new AbortController();
const KEY = "v1/fleet/direct/monday/robot-1/00000001.rrd";
const PART = { url: "file:///1.rrd", layer: "direct/monday/robot-1/00000001" };
const ERROR = new RerunError("SERVER", "refused", { cause: new Error("another type") });

function quarantineOf(catalog: FakeCatalog): {
  quarantine: Quarantine;
  add: (signal?: AbortSignal) => Promise<void>;
  removed: string[];
  log: string[];
} {
  const removed: string[] = [];
  const log: string[] = [];
  const files = { remove: async (key: string) => void removed.push(key) };
  const quarantine = new Quarantine(files, (text) => log.push(text));
  const add = (own = signal): Promise<void> => quarantine.add(catalog.client, "fleet", KEY, PART, ERROR, own);
  return { quarantine, add, removed, log };
}

describe("the quarantine of a keeper", () => {
  it("registers a part that does not fit in a dataset for these, and says where and why", async () => {
    const catalog = new FakeCatalog();
    const { quarantine, add, log } = quarantineOf(catalog);
    await add();
    expect(catalog.layersOf("fleet.conflicts")).toEqual([PART.layer]);
    expect(quarantine.parts.get(KEY)).toEqual({ key: KEY, dataset: "fleet.conflicts", reason: "another type" });
    expect(log).toEqual([`refused ${KEY}, and it is in the dataset fleet.conflicts instead: another type`]);
  });

  it("keeps a part in no dataset that is refused there, too, or whose catalog fails", async () => {
    for (const isConnected of [true, false]) {
      const catalog = new FakeCatalog();
      catalog.refuses = () => true;
      if (!isConnected) catalog.connectionError = new RerunError("CONNECTION", "away");
      const { quarantine, add, log } = quarantineOf(catalog);
      await add();
      expect(quarantine.parts.get(KEY)?.dataset).toBeUndefined();
      expect(log.at(-1)).toContain("it is in no dataset");
    }
  });

  it("notes nothing if it is aborted", async () => {
    const catalog = new FakeCatalog();
    catalog.connectionError = new RerunError("ABORTED", "aborted");
    const { quarantine, add } = quarantineOf(catalog);
    await expect(add(AbortSignal.abort())).rejects.toMatchObject({ code: "ABORTED" });
    expect(quarantine.parts.size).toBe(0);
  });

  it("forgets the parts of its dataset that do not count any more, there and in its folder", async () => {
    const catalog = new FakeCatalog();
    const { quarantine, add, removed } = quarantineOf(catalog);
    await add();
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
});
