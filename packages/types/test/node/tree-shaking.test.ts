import { expect, test } from "vitest";
import { archetypesIn, bundle } from "../../../../tools/lib/bundle.mjs";

test("a bundle with Points3D alone holds no other archetype", async () => {
  const core = await bundle('export * from "@rerun-ts/core";');
  const points = await bundle('export { Points3D } from "@rerun-ts/types";');
  const foreign = archetypesIn(points.text).filter((name: string) => !archetypesIn(core.text).includes(name));
  expect(foreign).toEqual(["rerun.archetypes.Points3D"]);
});

test("a bundle of everything holds the others too", async () => {
  const everything = await bundle('export * from "@rerun-ts/types";');
  expect(archetypesIn(everything.text)).toEqual(
    expect.arrayContaining(["rerun.archetypes.Points3D", "rerun.archetypes.Boxes3D", "rerun.archetypes.Image"]),
  );
});
