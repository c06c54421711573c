import { expect, test } from "vitest";
import definitions from "../../../../definitions/archetypes.json" with { type: "json" };
import { archetypesIn, bundle } from "@rerun-ts/test-support/packages/bundle";

test("a bundle with Points3D alone holds no other archetype", async () => {
  const core = await bundle('export * from "@rerun-ts/core";');
  const points = await bundle('export { Points3D } from "@rerun-ts/types";');
  const foreign = archetypesIn(points.text).filter((name: string) => !archetypesIn(core.text).includes(name));
  expect(foreign).toEqual(["rerun.archetypes.Points3D"]);
});

test("a bundle with three archetypes holds none of the others", async () => {
  const core = await bundle('export * from "@rerun-ts/core";');
  const three = await bundle('export { LineStrips3D, Tensor, TextLog } from "@rerun-ts/types";');
  const foreign = archetypesIn(three.text).filter((name: string) => !archetypesIn(core.text).includes(name));
  const wanted = ["LineStrips3D", "Tensor", "TextLog"].map((name) => `rerun.archetypes.${name}`);
  expect(new Set(foreign)).toEqual(new Set(wanted));
});

test("a bundle of everything holds all archetypes", async () => {
  const everything = await bundle('export * from "@rerun-ts/types";');
  expect(new Set(archetypesIn(everything.text))).toEqual(new Set(definitions.map(({ archetype }) => archetype)));
});
