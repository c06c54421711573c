import { Scalars } from "@rerun-ts/types";
import { describe, expect, it } from "vitest";
import { outputSchema } from "../../../dist/query/output-schema.js";
import { col } from "../../../dist/query/row-filter.js";
import { planOutput } from "../../../dist/reading/plan-output.js";
import { storeOf } from "../stores.ts";

const archetype = "rerun.archetypes.Scalars";
const store = storeOf({
  timelines: { frame: "sequence" },
  columns: [
    ["/a", "Scalars:scalars", { archetype }],
    ["/b", "Scalars:scalars", { archetype }],
  ],
});
const shown = store.columns.filter(({ entityPath }) => entityPath === "/a");
const schema = outputSchema(store.timelines, shown);

describe("the columns of a query", () => {
  it("are the shown ones without a condition, which would remove rows", async () => {
    const plan = await planOutput(store, shown, schema, undefined, false);
    expect([plan.columns, plan.hidden]).toEqual([shown, []]);
    expect(plan.filtered([])).toEqual([]);
  });

  it("include those that only the condition reads, after the others", async () => {
    const where = col(["/b", Scalars.scalars, 0]).gt(1);
    const { columns, hidden } = await planOutput(store, shown, schema, where, false);
    expect(columns.map(({ entityPath }) => entityPath)).toEqual(["/a", "/b"]);
    expect(hidden.map(({ entityPath }) => entityPath)).toEqual(["/b"]);
    const ofShown = col(["/a", Scalars.scalars, 0]).gt(1);
    expect((await planOutput(store, shown, schema, ofShown, false)).hidden).toEqual([]);
  });

  it("are missing in the queried recording or dataset, by the message", async () => {
    const where = col(["/c", Scalars.scalars, 0]).gt(1);
    await expect(planOutput(store, shown, schema, where, false)).rejects.toThrow("the recording has no entity");
    await expect(planOutput(store, shown, schema, where, false, "dataset")).rejects.toThrow(
      "the dataset has no entity",
    );
  });
});
