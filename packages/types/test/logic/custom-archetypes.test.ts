import { RecordingStream, TimeColumn, type RerunError } from "@rerun-ts/core";
import { components, defineArchetype, encodings } from "@rerun-ts/types";
import { describe, expect, it } from "vitest";
import { readChunks } from "@rerun-ts/test-support/common/read-chunks";

const Grasp = defineArchetype(
  "my.robots.Grasp",
  { force: "Float32", pose: components.Translation3D, corner: encodings.Vec3D, name: "Utf8", length: "Int64" },
  { required: ["force"] },
);

function record(log: (recording: RecordingStream) => void): {
  readonly rows: readonly Readonly<Record<string, readonly unknown[]>>[];
  readonly warnings: readonly string[];
} {
  const warnings: string[] = [];
  const recording = new RecordingStream("custom", { onWarning: ({ message }: RerunError) => warnings.push(message) });
  const memory = recording.memoryRecording();
  log(recording);
  const rows = readChunks(memory.drainAsBytes())
    .sort((a, b) => (a.entityPath < b.entityPath ? -1 : 1))
    .map((chunk) => chunk.components);
  return { rows, warnings };
}

describe("defineArchetype", () => {
  it("makes a class whose fields are logged with the names and the types of its description", () => {
    const { rows, warnings } = record((recording) => {
      recording.log(
        "a",
        new Grasp({
          force: 2.5,
          pose: [1, 2, 3],
          corner: [
            [1, 0, 0],
            [0, 1, 0],
          ],
          name: "cup",
          length: 3n,
        }),
      );
      recording.log("b", Grasp.fromFields({ name: null, length: [1, 2] }));
      recording.log("c", Grasp.cleared());
      const columns = Grasp.columns({ force: [1, 2] });
      recording.sendColumns("d", TimeColumn.sequence("step", [0, 1]), columns);
    });
    const id = (field: string): string => `my.robots.Grasp:${field}`;
    expect(warnings).toEqual([]);
    expect(rows).toEqual([
      {
        [id("force")]: [[2.5]],
        [id("pose")]: [[[1, 2, 3]]],
        [id("corner")]: [
          [
            [1, 0, 0],
            [0, 1, 0],
          ],
        ],
        [id("name")]: [["cup"]],
        [id("length")]: [[3n]],
      },
      { [id("name")]: [[]], [id("length")]: [[1n, 2n]] },
      { [id("force")]: [[]], [id("pose")]: [[]], [id("corner")]: [[]], [id("name")]: [[]], [id("length")]: [[]] },
      { [id("force")]: [[1], [2]] },
    ]);
  });

  it("describes its fields by constants, also those that a class has already", () => {
    expect(Grasp.pose.descriptor).toEqual({
      archetype: "my.robots.Grasp",
      component: "my.robots.Grasp:pose",
      componentType: "rerun.components.Translation3D",
    });
    expect(Grasp.corner.descriptor.componentType).toBeUndefined();
    const Odd = defineArchetype("my.Odd", { columns: "Int32", call: "Bool", constructor: "Utf8" });
    expect([Odd.columnsField.label, Odd.callField.label, Odd.constructorField.label]).toEqual([
      "Odd.columns",
      "Odd.call",
      "Odd.constructor",
    ]);
    expect([Grasp.nameField.label, Grasp.lengthField.label]).toEqual(["Grasp.name", "Grasp.length"]);
    expect([Grasp.name, Grasp.archetype, new Grasp({ force: 1 }).archetype]).toEqual([
      "Grasp",
      "my.robots.Grasp",
      "my.robots.Grasp",
    ]);
  });

  it("reports missing, unknown and invalid fields like the archetypes of Rerun", () => {
    const { rows, warnings } = record((recording) => {
      recording.log("a", new Grasp({ name: "cup" } as never));
      recording.log("b", new Grasp({ force: 1, forces: 2 } as never));
      recording.log("c", new Grasp({ force: "strong" } as never));
    });
    expect(rows).toEqual([]);
    expect(warnings).toEqual([
      expect.stringContaining("`Grasp.force` at `/a` is missing: pass a value, or null to clear it"),
      expect.stringContaining("`Grasp` at `/b` has the unknown field"),
      expect.stringContaining("`Grasp.force` at `/c` must be"),
    ]);
    expect(warnings[1]).toContain("unknown field `forces` (did you mean `force`?)");
  });

  it("rejects descriptions that are none", () => {
    const define = defineArchetype as (...args: unknown[]) => unknown;
    expect(() => define("", {})).toThrow('`archetype` must be a name of your own such as "my.Detection", got ""');
    expect(() => define("rerun.archetypes.Points3D", {})).toThrow("`archetype` must be a name of your own");
    expect(() => define("my.A", [])).toThrow("`fields` must be an object of components by field name");
    expect(() => define("my.A", { a: "Int3" })).toThrow(
      "`fields.a` must be a component such as rr.components.Scalar, or",
    );
    expect(() => define("my.A", { "a:b": "Int32" })).toThrow("`fields` must have names without a colon");
    expect(() => define("my.A", { a: "Int32" }, { required: ["b"] })).toThrow("`required` must be names of fields (a)");
  });
});
