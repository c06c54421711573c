import {
  RecordingStream,
  TimeColumn,
  type AsComponents,
  type ComponentColumnList,
  type RerunError,
} from "@rerun-ts/core";
import * as types from "@rerun-ts/types";
import { describe, expect, it } from "vitest";
import definitions from "../../../../definitions/archetypes.json" with { type: "json" };
import componentDefinitions from "../../../../definitions/components.json" with { type: "json" };

/** The statics that every archetype has. */
interface ArchetypeClass {
  readonly archetype: string;
  fromFields(fields: object, options?: object): AsComponents;
  columns(fields: object): ComponentColumnList;
  cleared(): AsComponents;
}

interface Arrow {
  readonly type: string;
  readonly size?: number;
  readonly item?: Arrow;
}

const HUGE = 2 ** 70;

/** Values that no component of this kind takes. */
const WRONG_BY_NAME: Readonly<Record<string, readonly unknown[]>> = {
  AlbedoFactor: ["no colour", -1, Number.NaN, 1.5, 2 ** 32, [[1, 2]], [[0, 0, 256]], { r: "x", g: 0, b: 0 }, true],
  AnnotationContext: [
    5.5,
    [{}],
    ["x"],
    [{ id: -1 }],
    [{ id: 1, label: 5 }],
    [{ id: 1, colour: "red" }],
    [[1, "a", "no"]],
  ],
  ChannelMessageCounts: ["x", 5, [[1]], [["a", 1]], [[1, -1]], [[70000, 1]], [{ channelId: 1 }]],
  Color: ["no colour", -1, Number.NaN, 1.5, 2 ** 32, [[1, 2]], [[0, 0, 256]], { r: "x", g: 0, b: 0 }, true],
  ColumnOrder: [5, [5], [["a", 5]]],
  ColumnType: ["x", 5, [{ component: 5 }], { component: "a", nonsense: 1 }],
  TimelineColumn: [5, true, {}, { timeline: 5 }, { visible: true }, [["x"]]],
  GraphEdge: [
    "a",
    5,
    ["a"],
    ["a", 5],
    [["a"]],
    [["a", "b", "c"]],
    { first: "a" },
    { first: "a", second: "b", third: "c" },
  ],
  KeyValuePairs: ["a", 5, { a: 1 }, [["a"]], [["a", "b", "c"]]],
  Scale3D: [
    "x",
    [1, 2],
    [
      [1, 2, 3],
      [4, 5],
    ],
    [[[1, 2, 3]]],
    Number.NaN.toString(),
    true,
  ],
  SelectedColumns: ["x", true, {}, { nonsense: 1 }, [{}], [5.5], [[5]]],
  SphericalHarmonics3Rgb: ["x", 5, [1, 2, 3], [["a"]], new Float32Array(44)],
  TensorData: [
    "x",
    5,
    ["a"],
    [[1], [1, 2]],
    [[1], 2],
    [1, [2]],
    { data: [1, 2, 3], shape: [2] },
    { data: "x" },
    { shape: [1] },
    { data: [1], names: ["x"] },
    { data: [1, 2], shape: [2], dimNames: ["a", "b"] },
    { data: [300], elementType: "U8" },
    { data: [1], elementType: "F128" },
  ],
  Timestamp: ["now", Number.NaN, 1e12, {}, { hours: 1 }, new Date(Number.NaN), 2n ** 64n],
  VideoTimestamp: ["now", Number.NaN, 1e12, {}, { hours: 1 }, 2n ** 64n],
  ViewCoordinates: ["XYZ", "RD", 5, [1, 1, 2], [1, 2], [0, 3, 5], ["Up", "Down", "Left"], new Uint8Array(6)],
};

const WRONG_BY_TYPE: Readonly<Record<string, readonly unknown[]>> = {
  Bool: [1, "true", [true, 1], [[true]], {}],
  Utf8: [5, [5], ["a", null], [["a"]], {}, true],
  Float32: ["1", [1, "2"], [[1]], {}, 5n, [1, null], true],
  Float64: ["1", [1, "2"], [[1]], {}, 5n, [1, null], true],
  UInt16: ["1", -1, 1.5, Number.NaN, 65536, [1, -1], new Int8Array([-1]), [[1]], {}],
  UInt32: ["1", -1, 1.5, Number.NaN, HUGE, [1, -1], new Int8Array([-1]), [[1]], {}],
  UInt64: ["1", -1, 1.5, Number.NaN, HUGE, -1n, 2n ** 64n, [[1]], {}],
  Int64: ["1", 1.5, Number.NaN, HUGE, 2n ** 63n, [[1]], {}],
  List: ["x", 5, {}, [5], ["x"]],
  Struct: ["x", true, {}, { nonsense: 1 }, [{}], [5.5], [["x"]]],
  Union: ["x", 5, {}, { nonsense: 1 }],
};

/** What a component refuses, by its name, its values' names, or how it lies in Arrow. */
function wrongValues({ name, arrow, enum: values }: (typeof componentDefinitions)[number]): readonly unknown[] {
  if (values !== undefined) return ["Nonsense", -1, Number.NaN, 1.5, 77, [77], [["x"]], {}, true];
  const known = WRONG_BY_NAME[name] ?? WRONG_BY_TYPE[arrow.type];
  if (arrow.type === "FixedSizeList" && WRONG_BY_NAME[name] === undefined) return wrongVectors(arrow as Arrow);
  if (known === undefined) throw new Error(`no wrong values for ${name}`);
  return known;
}

function wrongVectors({ size = 0, item }: Arrow): readonly unknown[] {
  const zeros = Array.from({ length: size }, () => 0);
  const tooLong = [...zeros, 0];
  const always = [
    "x",
    5,
    [tooLong],
    [zeros, tooLong],
    ["x"],
    [["x"]],
    { nonsense: 1 },
    true,
    new Float32Array(size + 1),
  ];
  if (size === 9) return [...always, zeros];
  return item?.type.startsWith("Float") === true
    ? always
    : [...always, [zeros.map(() => 0.5)], [zeros.map(() => HUGE)]];
}

const classes = new Map(
  [...Object.values(types), ...Object.values(types.blueprint)].flatMap((value) =>
    typeof value === "function" && "archetype" in value
      ? [[value.archetype as string, value as unknown as ArchetypeClass] as const]
      : [],
  ),
);
const components = new Map(componentDefinitions.map((definition) => [definition.component, definition]));
const camelCase = (name: string): string => name.replace(/_([a-z\d])/g, (_, letter: string) => letter.toUpperCase());

/** Logs it, and tells what was reported; fails if anything was logged. */
function reportsOf(log: (recording: RecordingStream) => void): RerunError[] {
  const warnings: RerunError[] = [];
  const onWarning = (warning: RerunError): unknown => warnings.push(warning);
  const recording = new RecordingStream("fields", { onWarning, sendProperties: false });
  recording.memoryRecording();
  log(recording);
  log(recording);
  void recording.flush();
  expect(recording.stats()).toMatchObject({ rows: 0, chunks: 0 });
  recording.setStrictMode(true);
  expect(() => log(recording)).toThrow(expect.objectContaining({ code: "INVALID_DATA" }));
  return warnings;
}

const shown = (value: unknown): string =>
  JSON.stringify(value, (_, inner: unknown) => (typeof inner === "bigint" ? `${inner}n` : inner)) ?? String(value);

describe("every archetype", () => {
  const times = TimeColumn.sequence("frame", [1]);

  it("is tested here", () => {
    expect([...classes.keys()].sort()).toEqual(definitions.map(({ archetype }) => archetype).sort());
  });

  it.each(definitions)(
    "reports each invalid value once, without logging it, and throws in strict mode: $name",
    ({ name, archetype, fields }) => {
      const type = classes.get(archetype) as ArchetypeClass;
      for (const field of fields) {
        const key = camelCase(field.name);
        for (const value of wrongValues(components.get(field.component) as (typeof componentDefinitions)[number])) {
          // In columns it is a list for each row.
          const isNested = name === "Scalars" && Array.isArray(value) && value.every((row) => Array.isArray(row));
          const inRow = reportsOf((recording) => recording.log("row", type.fromFields({ [key]: value })));
          const inColumns = isNested
            ? inRow
            : reportsOf((recording) => recording.sendColumns("row", times, type.columns({ [key]: value })));
          for (const reports of [inRow, inColumns]) {
            const what = `${name}.${key} = ${shown(value)}`;
            expect(
              reports.map(({ code }) => code),
              what,
            ).toEqual(["INVALID_DATA"]);
            expect(`${reports[0]?.argument}.`, what).toContain(`${name}.${key}.`);
            expect(reports[0]?.message, what).toMatch(
              /` at `\/row` (?:must be .*, got |has the unknown key |is missing|is null)/s,
            );
          }
        }
      }
    },
  );

  it.each(definitions)("reports unknown fields: $name", ({ name, archetype }) => {
    const type = classes.get(archetype) as ArchetypeClass;
    const unknown = { nonsense: 1 };
    for (const reports of [
      reportsOf((recording) => recording.log("row", type.fromFields(unknown))),
      reportsOf((recording) => recording.sendColumns("row", times, type.columns(unknown))),
    ]) {
      expect(reports).toHaveLength(1);
      expect(reports[0]).toMatchObject({ code: "INVALID_DATA", argument: name });
      expect(reports[0]?.message).toMatch(/has the unknown field `nonsense`.*; fields: /);
    }
  });
});
