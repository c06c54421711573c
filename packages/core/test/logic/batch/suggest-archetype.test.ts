import { expect, it } from "vitest";
import { describeNotLoggable } from "../../../dist/batch/suggest-archetype.js";

it("the archetype that was meant is suggested for values that cannot be logged", () => {
  const suggestion = (value: unknown): string =>
    describeNotLoggable(value).slice("an archetype or an array of archetypes".length);
  expect([5, "text", new Float32Array(1), new Float64Array(1)].map(suggestion)).toEqual(
    ["Scalars", "TextLog", "Points3D", "Scalars"].map((name) => ` (did you mean \`rr.${name}\`?)`),
  );
  class ImageBitmap {}
  expect(suggestion(new ImageBitmap())).toBe(" (did you mean `rr.Image`?)");
  class Scalars {
    static readonly archetype = "rerun.archetypes.Scalars";
  }
  expect(suggestion(Scalars)).toBe(" (did you mean `new rr.Scalars`?)");
  for (const value of [undefined, null, true, {}, [], () => {}]) expect(suggestion(value)).toBe("");
});
