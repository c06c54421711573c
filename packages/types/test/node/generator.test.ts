import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { typeFiles } from "../../../../tools/codegen/all-files.mjs";
import { readDefinitions, toDefinitions } from "../../../../tools/codegen/definitions.mjs";

const root = fileURLToPath(new URL("../../../..", import.meta.url));

/** One of each: an enumeration, a struct, components of both, an archetype. */
const SMALL = {
  encodings: [
    { name: "Side", encoding: "rerun.encodings.Side", arrow: { type: "UInt8" }, enum: { Left: 1, Right: 2 } },
    { name: "Float32", encoding: "rerun.encodings.Float32", arrow: { type: "Float32" } },
    {
      name: "Turn",
      encoding: "rerun.encodings.Turn",
      arrow: {
        type: "Struct",
        fields: [
          { name: "to_side", encoding: "rerun.encodings.Side", type: "UInt8", nullable: true },
          { name: "angle", encoding: "rerun.encodings.Float32", type: "Float32", nullable: false },
        ],
      },
    },
  ],
  components: [
    {
      name: "Speed",
      component: "rerun.components.Speed",
      encoding: "rerun.encodings.Float32",
      arrow: { type: "Float32" },
    },
    {
      name: "Turn",
      component: "rerun.components.Turn",
      encoding: "rerun.encodings.Turn",
      arrow: { type: "Struct", fields: [] },
    },
  ],
  archetypes: [
    {
      name: "Drive",
      archetype: "rerun.archetypes.Drive",
      fields: [
        { name: "turns", component: "rerun.components.Turn" },
        { name: "top_speed", component: "rerun.components.Speed", required: true },
      ],
    },
  ],
  typescript: { positional: { Drive: ["topSpeed"] }, extended: {}, implied: {}, structs: {} },
  docs: {
    archetypes: {
      Drive: {
        summary: "A drive.",
        example: ["rec.log(1);", "@example", "rec.log(2);"],
        fields: { turns: "The turns, see `top_speed`.", top_speed: "The highest speed in m/s." },
      },
    },
    components: { Speed: "A speed.", Turn: "A turn." },
    encodings: {
      Side: { summary: "A side.", values: { Left: "the one", Right: "the other" } },
      Float32: "A number.",
      Turn: { summary: "A turn.", fields: { to_side: "Where to.", angle: "In radians." } },
    },
  },
};

const generate = (definitions: object): Map<string, string> => typeFiles(toDefinitions(definitions as never));
const fileOf = (path: string): string => generate(SMALL).get(`packages/types/src/gen/${path}.ts`) ?? "";

describe("the generator", () => {
  it("writes an enumeration as a union of names, with their numbers and meanings", () => {
    const file = fileOf("encodings/side");
    expect(file).toContain(" * - `Left`: the one.\n * - `Right`: the other.\n");
    expect(file).toContain('export type Side = "Left" | "Right";');
    expect(file).toContain('defineEnum("rerun.encodings.Side", {\n  Left: 1,\n  Right: 2,\n});');
  });

  it("writes a struct as an interface with documented fields and as data for its codec", () => {
    const file = fileOf("encodings/turn");
    expect(file).toContain("  /** Where to. */\n  readonly toSide?: Side | number | null | undefined;");
    expect(file).toContain("  /** In radians. */\n  readonly angle: number;");
    expect(file).toContain('{ name: "toSide", nativeName: "to_side", encoding: Side, isNullable: true },');
  });

  it("writes a component as a name for its encoding", () => {
    expect(fileOf("components/speed")).toContain(
      'export const Speed: Component<NumbersLike> = /* @__PURE__ */ defineComponent("rerun.components.Speed", Float32);',
    );
  });

  it("writes an archetype with its argument first, its options, and its examples", () => {
    const file = fileOf("archetypes/drive");
    expect(file).toContain("constructor(topSpeed: NumbersLike | null, options?: DriveOptions) {");
    expect(file).toContain('    ["topSpeed", "top_speed", Speed, "required"],\n    ["turns", "turns", Turn],\n');
    expect(file).toContain("  /** The turns, see `topSpeed`. */\n  turns?: OneOrMany<TurnLike> | null | undefined;");
    expect(file).toContain(" * @example\n * rec.log(1);\n *\n * @example\n * rec.log(2);\n */");
  });

  it("writes the same every time", () => {
    expect([...generate(structuredClone(SMALL))]).toEqual([...generate(SMALL)]);
  });

  it("refuses types that are not documented, and arguments that are no fields", () => {
    const { docs } = SMALL;
    expect(() => generate({ ...SMALL, docs: { ...docs, components: {} } })).toThrow(
      /says nothing of the component Speed/,
    );
    const positional = { Drive: ["speed"] };
    expect(() => generate({ ...SMALL, typescript: { ...SMALL.typescript, positional } })).toThrow(/no field speed/);
  });

  it("wrote what stands in the package now", () => {
    for (const [path, content] of typeFiles(readDefinitions(join(root, "definitions")))) {
      expect(readFileSync(join(root, path), "utf8"), path).toBe(content);
    }
  });
});
