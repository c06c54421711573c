import type { CatalogClient, RegistrationResult } from "@rerun-ts/catalog";
import { catalogStore } from "@rerun-ts/storage";
import { RerunError } from "@rerun-ts/core";
import { expect, it } from "vitest";
import { RejectedError } from "../../dist/store/rejected-error.js";

/** Stores a part in a catalog that gives these results of its registration. */
function createIn(results: readonly Partial<RegistrationResult>[]): Promise<boolean> {
  const catalog = {
    url: "rerun+http://catalog",
    stage: async () => "file:///part.rrd",
    createDataset: async () => ({ register: async () => results }),
  } as unknown as CatalogClient;
  return catalogStore(catalog, { dataset: "fleet" }).create("v1/fleet/direct/a/b-1/1.rrd", new Uint8Array(1));
}

it("a part counts as stored in a catalog only with a result that says so", async () => {
  expect(await createIn([{}])).toBe(true);
  expect(await createIn([{ error: new RerunError("ALREADY_EXISTS", "known") }])).toBe(false);
  await expect(createIn([])).rejects.toMatchObject({ code: "SERVER", message: /gave no result/ });
});

it("a catalog that refuses a part refuses this part alone", async () => {
  const refusal = await createIn([{ error: new RerunError("SERVER", "another type") }]).catch(
    (error: unknown) => error,
  );
  expect(refusal).toMatchObject({ code: "SERVER", message: "another type" });
  expect(RejectedError.is(refusal)).toBe(true);
});
