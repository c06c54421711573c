import { RerunError } from "@rerun-ts/core";
import { describe, expect, it } from "vitest";
import { registerParts } from "../../../dist/keeper/register-parts.js";
import { FakeCatalog } from "../../fake-catalog.ts";

const partsOf = (count: number): { url: string; layer: string }[] =>
  Array.from({ length: count }, (_, index) => ({ url: `file:///${index}.rrd`, layer: `p${index}` }));

async function datasetOf(catalog: FakeCatalog): ReturnType<FakeCatalog["client"]["createDataset"]> {
  return catalog.client.createDataset("fleet");
}

const layersOf = (parts: readonly { readonly layer: string }[]): string[] => parts.map(({ layer }) => layer);

describe("registerParts", () => {
  it("sends only parts that the dataset lacks, and those at most a hundred at a time", async () => {
    const catalog = new FakeCatalog();
    const dataset = await datasetOf(catalog);
    const parts = partsOf(201);
    await registerParts(dataset, parts.slice(0, 1));
    catalog.calls = 0;
    const { registered, known, refused } = await registerParts(dataset, parts);
    expect([registered.length, layersOf(known), refused]).toEqual([200, ["p0"], []]);
    expect(catalog.calls).toBe(2);
  });

  it("counts a layer with another file as missing", async () => {
    const catalog = new FakeCatalog();
    const dataset = await datasetOf(catalog);
    await registerParts(dataset, [{ url: "file:///old.rrd", layer: "p0" }]);
    const { registered, known } = await registerParts(dataset, partsOf(1));
    expect([layersOf(registered), known]).toEqual([["p0"], []]);
  });

  it.each([false, true])(
    "registers all parts but the refused ones, whether or not one fails the whole call (%s)",
    async (failsWhole) => {
      const catalog = new FakeCatalog();
      catalog.failsWhole = failsWhole;
      catalog.refuses = (layer) => layer === "p3" || layer === "p4";
      const { registered, refused } = await registerParts(await datasetOf(catalog), partsOf(7));
      expect(layersOf(registered)).toEqual(["p0", "p1", "p2", "p5", "p6"]);
      expect(refused.map(({ layer, url, error }) => [layer, url, error.code])).toEqual([
        ["p3", "file:///3.rrd", "SERVER"],
        ["p4", "file:///4.rrd", "SERVER"],
      ]);
    },
  );

  it.each(["CONNECTION", "TIMEOUT", "ABORTED", "AUTH"] as const)(
    "refuses no part for the error %s, which is none of the parts",
    async (code) => {
      const catalog = new FakeCatalog();
      const dataset = await datasetOf(catalog);
      catalog.connectionError = new RerunError(code, "away");
      await expect(registerParts(dataset, partsOf(4))).rejects.toMatchObject({ code });
      expect(catalog.calls).toBe(1);
    },
  );

  it("refuses a part for which the server gives no result", async () => {
    const dataset = await datasetOf(new FakeCatalog());
    Object.assign(dataset, { register: async () => [] });
    const { registered, refused } = await registerParts(dataset, partsOf(1));
    expect([registered, layersOf(refused)]).toEqual([[], ["p0"]]);
  });
});
