import { blueprintToCode } from "@rerun-ts/arrow";
import { RecordingStream, componentBatches, type AsComponents, type BlueprintLike } from "@rerun-ts/core";
import { encodeRows } from "@rerun-ts/core/encode";
import { ContainerBlueprint, ViewBlueprint, ViewportBlueprint } from "@rerun-ts/types/blueprint";
import { Text } from "@rerun-ts/types/components";
import { expect, it } from "vitest";

const ID = "11111111-1111-1111-1111-111111111111";

/** A blueprint of these rows, one after the other. */
function layoutOf(...rows: readonly (readonly [path: string, data: AsComponents])[]): BlueprintLike {
  const stored = rows.map(([path, data]) => ({ path, data, isStatic: false, nameOf: (label: string) => label }));
  return {
    encodeBlueprint: (applicationId) =>
      encodeRows({ kind: "blueprint", applicationId, recordingId: "layout" }, "blueprint", stored),
  };
}

const viewport = ["/viewport", new ViewportBlueprint({ rootContainer: ID })] as const;
const container = (...contents: readonly string[]) =>
  [`/container/${ID}`, new ContainerBlueprint("Vertical", { contents })] as const;

it("the code of a layout has the latest value of each field, and each part once", async () => {
  const view = ["/view/a", new ViewBlueprint("3D", { displayName: "before" })] as const;
  const renamed = ["/view/a", ViewBlueprint.fromFields({ displayName: "after" })] as const;
  const layout = layoutOf(viewport, container("view/a", `container/${ID}`, "view/a", "view/none"), view, renamed);
  expect(await blueprintToCode(layout)).toBe(`import * as rrb from "@rerun-ts/node/blueprint";

export const blueprint = new rrb.Blueprint(
  new rrb.Vertical([new rrb.Spatial3DView({ name: "after" })]),
);
`);
});

it("text of a layout cannot become another part of its code", async () => {
  const name = '"); process.exit(); ("\n*/\u2028`${1}`';
  const view = ["/view/a", new ViewBlueprint("3D", { displayName: name })] as const;
  const strange = ["/a\n evil()/b", componentBatches("evil", { "x\n): y": Text.batch("z") })] as const;
  const evil = (archetype: string): AsComponents => componentBatches(archetype, { x: Text.batch("z") });
  const defaults = ["/view/a/defaults", evil("rerun.archetypes.Points3D,evil()")] as const;
  const property = ["/view/a/A,evil()", evil("rerun.blueprint.archetypes.A,evil()")] as const;
  const layout = layoutOf(viewport, container("view/a"), view, strange, defaults, property);
  const code = await blueprintToCode(layout);
  expect(code).toContain(`name: ${JSON.stringify(name)}`);
  const lines = code.split(/[\n\u2028]/);
  expect(lines.filter((line) => line.includes("evil")).every((line) => line.startsWith("// Not in this code: "))).toBe(
    true,
  );
});

it("a layout with components of other types than Rerun's is damaged, and says where", async () => {
  const archetype = "rerun.blueprint.archetypes.ViewportBlueprint";
  const wrongRoot = ["/viewport", componentBatches(archetype, { root_container: Text.batch(ID) })] as const;
  await expect(blueprintToCode(layoutOf(wrongRoot))).rejects.toMatchObject({
    code: "INVALID_FORMAT",
    message: "the layout has ViewportBlueprint:root_container of /viewport, which must be UUIDs",
  });
});

it("a recording without a blueprint, and other wrong sources, are named", async () => {
  const recording = new RecordingStream("none");
  const memory = recording.memoryRecording();
  recording.log("a", componentBatches("A", { text: Text.batch("b") }));
  await expect(blueprintToCode(memory.drainAsBytes())).rejects.toMatchObject({ code: "NOT_FOUND" });
  await recording.close();
  await expect(blueprintToCode(layoutOf(viewport), { name: "a b" })).rejects.toMatchObject({
    code: "INVALID_ARGUMENT",
    message: '`name` must be a name of JavaScript in ASCII, got "a b"',
  });
});
