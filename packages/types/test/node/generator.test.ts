import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { typeFiles } from "../../../../tools/codegen/all-files.ts";
import { definitionGaps } from "../../../../tools/codegen/definition-gaps.ts";
import { readDefinitions, toDefinitions, type DefinitionSources } from "../../../../tools/codegen/definitions.ts";

const root = fileURLToPath(new URL("../../../..", import.meta.url));

/** One of each: an enumeration, a struct, components of both, an archetype. */
const SMALL: DefinitionSources = {
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
  views: [],
  overrides: { archetypes: { Drive: { positional: ["topSpeed"] } }, withoutArguments: [], structs: {} },
  docs: {
    archetypes: {
      Drive: {
        summary: "A drive.",
        example: ["rec.log(1);", "@example", "rec.log(2);"],
        fields: { turns: "The turns, see `top_speed`.", top_speed: "The highest speed in m/s." },
      },
    },
    components: { Speed: "A speed.", Turn: "A turn." },
    views: {},
    encodings: {
      Side: { summary: "A side.", values: { Left: "the one", Right: "the other" } },
      Float32: "A number.",
      Turn: { summary: "A turn.", fields: { to_side: "Where to.", angle: "In radians." } },
    },
  },
};

const generate = (definitions: DefinitionSources): Map<string, string> => typeFiles(toDefinitions(definitions));
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
    expect(file).toContain("  /** Where to. */\n  readonly toSide?: Side | number | (string & {}) | null | undefined;");
    expect(file).toContain("  /** In radians. */\n  readonly angle: number;");
    expect(file).toContain('{ name: "toSide", nativeName: "to_side", codec: Side, isNullable: true },');
  });

  it("writes a component as a name for its encoding", () => {
    expect(fileOf("components/speed")).toContain(
      'export const Speed: Component<NumbersLike, number> = /* @__PURE__ */ defineComponent("rerun.components.Speed", Float32);',
    );
  });

  it("writes an archetype with its argument first, its options, and its examples", () => {
    const file = fileOf("archetypes/drive");
    expect(file).toContain("constructor(topSpeed: NumbersLike | null, options?: DriveOptions) {");
    expect(file).toContain('    ["topSpeed", Speed, "required"],\n    ["turns", Turn],\n');
    expect(file).toContain(
      'declare static readonly topSpeed: TypedField<number, "rerun.archetypes.Drive", "topSpeed">;',
    );
    expect(file).toContain("turns: TypedField<ValueOf<typeof Turn>,");
    expect(file).toContain("  /** The turns, see `topSpeed`. */\n  turns?: OneOrMany<TurnLike> | null | undefined;");
    expect(file).toContain(" * @example\n * rec.log(1);\n *\n * @example\n * rec.log(2);\n */");
  });

  it("is deterministic", () => {
    expect([...generate(structuredClone(SMALL))]).toEqual([...generate(SMALL)]);
  });

  it("rejects types without documentation", () => {
    const { docs } = SMALL;
    expect(() => generate({ ...SMALL, docs: { ...docs, components: {} } })).toThrow(
      "definitions/docs has no text for the component Speed",
    );
  });

  it("rejects documentation of types and fields that do not exist", () => {
    const { docs } = SMALL;
    const components = { ...docs.components, Brake: "A brake." };
    expect(() => generate({ ...SMALL, docs: { ...docs, components } })).toThrow(
      "docs/components.json: there is no Brake",
    );
    const Drive = { summary: "A drive.", fields: { turns: "Turns.", top_speed: "Speed.", brakes: "Brakes." } };
    expect(() => generate({ ...SMALL, docs: { ...docs, archetypes: { Drive } } })).toThrow(
      "docs/archetypes.json: Drive has no field brakes",
    );
  });

  it.for([
    ["there is no archetype Swim", { withoutArguments: ["Swim"] }],
    ["there is no archetype Fly", { archetypes: { Fly: {} } }],
    ["Drive has no field speed", { archetypes: { Drive: { positional: ["speed"] } } }],
    ["there is no struct Side", { structs: { Side: { shorthand: "left", expected: "a side" } } }],
    ["Turn has no field side", { structs: { Turn: { shorthand: "side", expected: "a side" } } }],
  ] as const)("rejects overrides of types and fields that do not exist: %s", ([message, overrides]) => {
    const all = { ...SMALL.overrides, ...overrides };
    expect(() => generate({ ...SMALL, overrides: all })).toThrow(`overrides.ts: ${message}`);
  });

  it("names everything that is missing at once, with the file to edit", () => {
    const { archetypes, encodings, docs } = SMALL;
    const brake = { name: "Brake", archetype: "rerun.archetypes.Brake", fields: [] };
    const gaps = definitionGaps({
      ...SMALL,
      archetypes: [...archetypes, brake],
      encodings: [...encodings, { name: "Odd", encoding: "rerun.encodings.Odd", arrow: { type: "Null" } }],
      docs: {
        ...docs,
        components: { Brake: "A brake." },
        encodings: { ...docs.encodings, Side: "A side.", Odd: "Odd." },
      },
    });
    expect(gaps.map(({ file, problem }) => `${file}: ${problem}`)).toEqual([
      "tools/codegen/overrides.ts: overrides.ts: nothing is said about Brake",
      "definitions/docs/components.json: docs/components.json: there is no Brake",
      "definitions/docs/encodings.json: definitions/docs has no text for the value Side.Left",
      "definitions/docs/encodings.json: definitions/docs has no text for the value Side.Right",
      'tools/codegen/codecs.ts: codecs.ts: no codec for Odd ({"type":"Null"})',
      "definitions/docs/components.json: definitions/docs has no text for the component Speed",
      "definitions/docs/components.json: definitions/docs has no text for the component Turn",
      "definitions/docs/archetypes.json: definitions/docs has no text for the archetype Brake",
    ]);
    expect(definitionGaps(SMALL)).toEqual([]);
  });

  it("produces the files that are in the package now", () => {
    for (const [path, content] of typeFiles(readDefinitions(join(root, "definitions")))) {
      expect(readFileSync(join(root, path), "utf8"), path).toBe(content);
    }
  });
});
