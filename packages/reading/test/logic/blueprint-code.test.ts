import { blueprintToCode } from "@rerun-ts/reading";
import {
  RecordingStream,
  TimeColumn,
  componentBatches,
  type AsComponents,
  type BlueprintLike,
  type EncodedMessage,
} from "@rerun-ts/core";
import { decodeRrd, type ChunkMessage } from "@rerun-ts/core/decode";
import { encodeRows } from "@rerun-ts/core/encode";
import { ContainerBlueprint, ViewBlueprint, ViewportBlueprint } from "@rerun-ts/types/blueprint";
import { Points3D } from "@rerun-ts/types";
import { Text } from "@rerun-ts/types/components";
import { expect, it } from "vitest";
import { arrowMessage } from "./arrow-message.ts";

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

it("archetypes and fields that this SDK does not have become comments, also those with names of JavaScript", async () => {
  const view = ["/view/a", new ViewBlueprint("3D", { displayName: "rr.a" })] as const;
  const unknown = (archetype: string, field: string): AsComponents =>
    componentBatches(archetype, { [field]: Text.batch("z") });
  const names = ["toString", "constructor", "__proto__", "Later"];
  const rows = [
    ...names.map((name) => [`/view/a/${name}`, unknown(`rerun.blueprint.archetypes.${name}`, "x")] as const),
    ...names.map((name) => ["/view/a/defaults", unknown(`rerun.archetypes.${name}`, "x")] as const),
    ["/view/a/defaults", unknown("rerun.archetypes.Points3D", "later")] as const,
  ];
  const code = await blueprintToCode(layoutOf(viewport, container("view/a"), view, ...rows));
  expect(code.split("\n").filter((line) => !line.startsWith("// Not in this code: "))).toEqual([
    'import * as rrb from "@rerun-ts/node/blueprint";',
    "",
    "export const blueprint = new rrb.Blueprint(",
    '  new rrb.Vertical([new rrb.Spatial3DView({ name: "rr.a" })]),',
    ");",
    "",
  ]);
  expect(code.match(/^\/\/ Not/gm)).toHaveLength(rows.length);
});

it("a chunk with very many rows is read", async () => {
  const recording = new RecordingStream("rows", { sendProperties: false });
  const memory = recording.memoryRecording();
  const rows = 200_000;
  const times = TimeColumn.sequence("blueprint", new BigInt64Array(rows));
  recording.sendColumns("view/a", [times], ViewBlueprint.columns({ displayName: Array<string>(rows).fill("last") }));
  const [columns] = decodeRrd(memory.drainAsBytes()).filter(({ kind }) => kind === "chunk") as readonly ChunkMessage[];
  await recording.close();
  const others = layoutOf(viewport, container("view/a"), ["/view/a", new ViewBlueprint("3D")]);
  const layout: BlueprintLike = {
    encodeBlueprint(applicationId) {
      const messages = others.encodeBlueprint(applicationId);
      const chunk = messages.find(({ kind }) => kind === "chunk") as EncodedMessage;
      const storeId = { kind: "blueprint", applicationId, recordingId: "layout" } as const;
      const payload = arrowMessage(storeId, columns?.readArrow() as Uint8Array);
      return [...messages, { ...chunk, payload }];
    },
  };
  expect(await blueprintToCode(layout)).toContain('name: "last"');
});

it("a layout with more values than anybody reads has no code, whatever their type", async () => {
  const view = ["/view/a", new ViewBlueprint("3D")] as const;
  const colors = ["/view/a/defaults", Points3D.fromFields({ colors: new Uint32Array(100_001) })] as const;
  await expect(blueprintToCode(layoutOf(viewport, container("view/a"), view, colors))).rejects.toMatchObject({
    code: "UNSUPPORTED",
  });
});

it.each(["class", "rr", "rrb", "preview1", "Uint8Array"])("the constant cannot have the name %s", async (name) => {
  await expect(blueprintToCode(layoutOf(viewport), { name })).rejects.toMatchObject({ argument: "name" });
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
    message: '`name` must be a name of JavaScript in ASCII that is neither reserved nor in the code, got "a b"',
  });
});
