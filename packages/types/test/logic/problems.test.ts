import { RecordingStream, RerunError, TimeColumn, type AsComponents, type MemoryRecording } from "@rerun-ts/core";
import {
  BarChart,
  Boxes3D,
  Clear,
  EncodedImage,
  Image,
  LineStrips3D,
  Pinhole,
  Points3D,
  Scalars,
  TextDocument,
  TextLog,
  Transform3D,
  components,
} from "@rerun-ts/types";
import { describe, expect, it } from "vitest";
import { readChunks, valuesOf } from "@rerun-ts/test-support/common/read-chunks";

interface Reported {
  readonly recording: RecordingStream;
  readonly memory: MemoryRecording;
  readonly warnings: RerunError[];
}

function record(): Reported {
  const warnings: RerunError[] = [];
  const recording = new RecordingStream("problems", { onWarning: (warning) => warnings.push(warning) });
  return { recording, memory: recording.memoryRecording(), warnings };
}

/** An array whose buffer was transferred, so that its length is 0. */
function detached<T extends ArrayBufferView<ArrayBuffer>>(array: T): T {
  structuredClone(array.buffer, { transfer: [array.buffer] });
  return array;
}

/** What is wrong with each, and what the message must say. */
const WRONG: readonly [what: string, data: () => AsComponents, argument: string, message: RegExp][] = [
  [
    "a flat array that is no multiple of 3",
    () => new Points3D([1, 2, 3, 4]),
    "Points3D.positions",
    /vectors of 3.*got 4 numbers/,
  ],
  [
    "bars in a table",
    () =>
      new BarChart([
        [1, 2],
        [3, 4],
      ]),
    "BarChart.values",
    /a flat list of numbers, got the shape \[2, 2\]/,
  ],
  [
    "the positions of bars in a table",
    () => new BarChart([1, 2, 3, 4], { abscissa: { data: new Float32Array(4), shape: [2, 2] } }),
    "BarChart.abscissa",
    /a flat list of numbers, got the shape \[2, 2\]/,
  ],
  ...["datatype", "elementType", "channelDatatype", "dtype"].map(
    (name): [string, () => AsComponents, string, RegExp] => [
      `pixels beside another type, \`${name}\``,
      () => new Image({ data: new Uint16Array(4), width: 2, height: 2, [name]: "float16" }),
      `Image.${name}`,
      /U16, as `data` is .*, got "float16"/,
    ],
  ),
  [
    "detached positions",
    () => new Points3D(detached(new Float32Array(3))),
    "Points3D.positions",
    /got a detached Float32Array/,
  ],
  [
    "detached scalars",
    () => new Scalars(detached(new Float64Array(3))),
    "Scalars.scalars",
    /got a detached Float64Array/,
  ],
  [
    "detached colours",
    () => new Points3D([1, 2, 3], { colors: detached(new Uint8Array(3)) }),
    "Points3D.colors",
    /got a detached Uint8Array/,
  ],
  [
    "a colour of fractions",
    () => new Points3D([1, 2, 3], { colors: [1, 0.5, 0] }),
    "Points3D.colors",
    /fractions\? \{ r, g, b \}.*got 0.5 at index 1/,
  ],
  [
    "a required field in Python's spelling",
    () => new Boxes3D({ half_sizes: [1, 1, 1] } as never),
    "Boxes3D",
    /`halfSizes` or `sizes`; unknown: `half_sizes` \(did you mean `halfSizes`\?\)/,
  ],
  [
    "a number after the picture instead of options",
    () => new Image(new Uint8Array(4) as never, 2 as never),
    "Image",
    /an object of its fields \{ opacity, .* \} as the last argument, got 2/,
  ],
  [
    "the path of a file instead of its contents",
    () => new EncodedImage({ path: "a.png" } as never),
    "EncodedImage",
    /has no field `path`: read the file, and pass its bytes as `contents`/,
  ],
  [
    "ragged lines",
    () =>
      new LineStrips3D([
        [
          [1, 2, 3],
          [4, 5],
        ],
      ]),
    "LineStrips3D.strips",
    /got 2 numbers at index 1 of the item at index 0/,
  ],
  [
    "a typed array that is no multiple of 3",
    () => new Points3D(new Float32Array(7)),
    "Points3D.positions",
    /got 7 numbers/,
  ],
  [
    "ragged vectors",
    () =>
      new Points3D([
        [1, 2, 3],
        [4, 5],
      ]),
    "Points3D.positions",
    /got 2 numbers at index 1/,
  ],
  [
    "a string among numbers",
    () => new Points3D([1, 2, "3" as never]),
    "Points3D.positions",
    /must be a number, got "3" at index 2/,
  ],
  ["a string instead of vectors", () => new Points3D("0,0,0" as never), "Points3D.positions", /got "0,0,0"/],
  [
    "no value at all",
    () => new Points3D(undefined as never),
    "Points3D.positions",
    /is missing: pass a value, or null to clear it/,
  ],
  ["an object without z", () => new Points3D({ x: 1, y: 2 } as never), "Points3D.positions", /vectors of 3/],
  ["vectors nested too deep", () => new Points3D([[[0, 0, 0]]] as never), "Points3D.positions", /vectors of 3/],
  [
    "a NaN id",
    () => new Points3D([0, 0, 0], { classIds: [Number.NaN] }),
    "Points3D.classIds",
    /integer from 0 to 65535, got NaN/,
  ],
  [
    "an id out of range",
    () => new Points3D([0, 0, 0], { classIds: 65536 }),
    "Points3D.classIds",
    /0 to 65535, got 65536/,
  ],
  ["a fractional id", () => new Points3D([0, 0, 0], { keypointIds: [1.5] }), "Points3D.keypointIds", /got 1.5/],
  [
    "a negative id in a typed array",
    () => new Points3D([0, 0, 0], { classIds: new Int8Array([-1]) }),
    "Points3D.classIds",
    /got -1/,
  ],
  [
    "a colour name that is none",
    () => new Points3D([0, 0, 0], { colors: "rad" }),
    "Points3D.colors",
    /CSS colour.*got "rad"/,
  ],
  [
    "a colour function with another unit",
    () => new Points3D([0, 0, 0], { colors: "rgb(1deg, 2, 3)" }),
    "Points3D.colors",
    /CSS colour.*got "rgb\(1deg, 2, 3\)"/,
  ],
  [
    "a colour byte out of range",
    () => new Points3D([0, 0, 0], { colors: [[0, 0, 256]] }),
    "Points3D.colors",
    /0 to 255.*got 256/,
  ],
  [
    "fractions as a plain colour",
    () => new Points3D([0, 0, 0], { colors: [[0.5, 1, 1]] }),
    "Points3D.colors",
    /fractions\? \{ r, g, b \}/,
  ],
  ["a colour of two values", () => new Points3D([0, 0, 0], { colors: [[1, 2]] }), "Points3D.colors", /3 or 4 values/],
  [
    "flat bytes of unclear width",
    () => new Points3D([0, 0, 0], { colors: new Uint8Array(12) }),
    "Points3D.colors",
    /`\{ rgb: array \}`/,
  ],
  [
    "a packed colour beyond 32 bits",
    () => new Points3D([0, 0, 0], { colors: 2 ** 32 }),
    "Points3D.colors",
    /4294967295/,
  ],
  [
    "an unknown enum name",
    () => new Points3D([0, 0, 0], { pointShading: "Round" as never }),
    "Points3D.pointShading",
    /"Gradient", "Flat".*got "Round"/,
  ],
  ["an unknown enum number", () => new Points3D([0, 0, 0], { pointShading: 7 }), "Points3D.pointShading", /got 7/],
  ["NaN as an enum", () => new Points3D([0, 0, 0], { pointShading: Number.NaN }), "Points3D.pointShading", /got NaN/],
  [
    "a number as a string",
    () => new Points3D([0, 0, 0], { labels: [1 as never] }),
    "Points3D.labels",
    /a string.*got 1 at index 0/,
  ],
  [
    "a string as a boolean",
    () => new Points3D([0, 0, 0], { showLabels: "yes" as never }),
    "Points3D.showLabels",
    /boolean.*got "yes"/,
  ],
  [
    "an option that does not exist",
    () => new Points3D([0, 0, 0], { colour: "red" } as never),
    "Points3D",
    /has the unknown field `colour` .*; fields: positions, radii/,
  ],
  [
    "options that are not an object",
    () => new Points3D([0, 0, 0], "red" as never),
    "Points3D",
    /an object of its fields \{ radii, colors, labels, … \} as the last argument, got "red"/,
  ],
  ["a bigint scalar", () => new Scalars(1n as never), "Scalars.scalars", /number.*got 1n/],
  ["a string as a scalar", () => new Scalars(["1"] as never), "Scalars.scalars", /got "1" at index 0/],
  [
    "an object as a string",
    () => new TextLog({} as never),
    "TextLog.text",
    /a string, or a list of strings, got an empty object/,
  ],
  [
    "a media type that is not a string",
    () => new TextDocument(null as never, { mediaType: 5 as never }),
    "TextDocument.mediaType",
    /got 5/,
  ],
  [
    "a flat matrix",
    () => new Transform3D({ mat3x3: [1, 0, 0, 0, 1, 0, 0, 0, 1] as never }),
    "Transform3D.mat3x3",
    /a flat array is ambiguous/,
  ],
  [
    "a matrix with a short row",
    () =>
      new Transform3D({
        mat3x3: [
          [1, 0, 0],
          [0, 1],
          [0, 0, 1],
        ],
      }),
    "Transform3D.mat3x3",
    /2 numbers in the row or column at index 1/,
  ],
  [
    "an axis without angle",
    () => new Transform3D({ rotationAxisAngle: { axis: [0, 0, 1] } as never }),
    "Transform3D.rotationAxisAngle",
    /\{ axis, degrees \}/,
  ],
  [
    "two angles",
    () => new Transform3D({ rotationAxisAngle: { axis: [0, 0, 1], degrees: 1, radians: 1 } as never }),
    "Transform3D.rotationAxisAngle",
    /\{ axis, degrees \}/,
  ],
  ["a quaternion of three", () => new Transform3D({ quaternion: [0, 0, 1] }), "Transform3D.quaternion", /vectors of 4/],
  [
    "sizes beside half sizes",
    () => new Boxes3D({ sizes: [1, 1, 1], halfSizes: [1, 1, 1] } as never),
    "Boxes3D.sizes",
    /cannot be combined with `halfSizes`/,
  ],
  ["wrong sizes", () => new Boxes3D({ sizes: [1, 1] as never }), "Boxes3D.sizes", /vectors of 3.*got 2 numbers/],
  [
    "corners without sizes",
    () => new Boxes3D({ mins: [0, 0, 0] } as never),
    "Boxes3D.mins",
    /pass `sizes` or `halfSizes`/,
  ],
  [
    "a camera without lens",
    () => new Pinhole({ width: 4, height: 3 } as never),
    "Pinhole",
    /pass one of `imageFromCamera`, `focalLength` and `fovY`/,
  ],
  ["a lens without image", () => new Pinhole({ focalLength: 5 }), "Pinhole.focalLength", /pass `width` and `height`/],
  [
    "axes that repeat",
    () => new Pinhole({ fovY: 1, aspectRatio: 1, cameraXyz: "RLD" }),
    "Pinhole.cameraXyz",
    /different axes/,
  ],
  [
    "a picture of the wrong length",
    () => new Image({ data: new Uint8Array(5), width: 2, height: 1 }),
    "Image.data",
    /1, 3 or 4 values for each of 2 × 1 pixels.*got 5/,
  ],
  [
    "a picture that does not fit its model",
    () => new Image({ data: new Uint8Array(6), width: 2, height: 1, colorModel: "RGBA" }),
    "Image.data",
    /2 × 1 × 4 values for RGBA, that is 8, got 6/,
  ],
  [
    "a picture with fewer bytes than its pixel format has",
    () => new Image({ data: new Uint8Array(17), width: 6, height: 2, pixelFormat: "NV12" }),
    "Image.data",
    /at least 18 bytes for 6 × 2 pixels as NV12, got 17/,
  ],
  [
    "a picture with a pixel format and a colour model",
    () => new Image({ data: new Uint8Array(24), width: 4, height: 2, pixelFormat: "YUY2", colorModel: "RGB" }),
    "Image.pixelFormat",
    /cannot be combined with `colorModel`/,
  ],
  [
    "a picture without size",
    () => new Image({ data: new Uint8Array(6), width: 2 } as never),
    "Image.height",
    /pixels, got undefined/,
  ],
  [
    "a picture of plain numbers",
    () => new Image({ data: [1, 2, 3], width: 1, height: 1 } as never),
    "Image.data",
    /typed array/,
  ],
];

it("an invalid value in a list leaves nothing of the list in the next row", () => {
  const recording = new RecordingStream("problems", { onWarning: () => {} });
  const memory = recording.memoryRecording();
  for (const text of ["before", ["a", 5], "after"]) recording.log("x", new TextLog(text as string));
  expect(valuesOf(memory.drainAsBytes(), "/x", "TextLog:text")).toEqual([["before"], ["after"]]);
});

describe("invalid data", () => {
  it.each(WRONG)("is reported, and nothing is logged: %s", (_, make, argument, message) => {
    const { recording, memory, warnings } = record();
    // Making it does not throw: what is wrong comes out when it is logged.
    const data = make();
    recording.log("some/where", [Clear.flat(), data]);
    recording.log("some/where", data);
    expect(readChunks(memory.drainAsBytes())).toEqual([]);
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toMatchObject({ code: "INVALID_DATA", argument, entityPath: "/some/where" });
    expect(warnings[0]?.message).toMatch(message);
    expect(warnings[0]?.message).toContain(`\`${argument}\` at \`/some/where\` `);
    expect(recording.stats()).toMatchObject({ rows: 0, warnings: 2 });
  });

  it.each(WRONG)("is thrown in strict mode, and nothing is logged: %s", (_, make, argument, message) => {
    const recording = new RecordingStream("problems", { strict: true });
    const memory = recording.memoryRecording();
    const log = (): void => recording.log("some/where", make());
    expect(log).toThrow(RerunError);
    expect(log).toThrow(message);
    expect(log).toThrow(expect.objectContaining({ code: "INVALID_DATA", argument, entityPath: "/some/where" }));
    expect(readChunks(memory.drainAsBytes())).toEqual([]);
  });

  it.each([
    ["a number", 5, /did you mean `rr.Scalars`/],
    ["a string", "hello", /did you mean `rr.TextLog`/],
    ["nothing", undefined, /an archetype or an array of archetypes, got undefined/],
    ["an image element", new (class HTMLImageElement {})(), /did you mean `rr.Image`\?\), got HTMLImageElement/],
    ["a component batch", components.Scalar.batch(1), /an archetype/],
  ])("is reported with a suggestion: %s instead of an archetype", (_, data, message) => {
    const { recording, memory, warnings } = record();
    recording.log("x", data as never);
    recording.log("x", [data as never]);
    expect(warnings[0]?.message).toMatch(message);
    expect(warnings).toHaveLength(1);
    expect(readChunks(memory.drainAsBytes())).toEqual([]);
  });

  it("is reported if several archetypes are passed as arguments instead of an array", () => {
    const { recording, warnings } = record();
    recording.log("x", new Scalars(1), new TextLog("one") as never);
    recording.log("x", new Scalars(1), { statik: true } as never);
    expect(warnings.map(({ message }) => message)).toEqual([
      expect.stringContaining("pass an array"),
      expect.stringMatching(/`statik` \(did you mean `static`\?\) is not an option of `log`/),
    ]);
  });

  it("names the option if the times of a row are not an object", () => {
    const { recording, warnings } = record();
    recording.log("x", new Scalars(1), { time: 3 } as never);
    expect(warnings[0]?.message).toMatch(/^`time` at `\/x` must be an object of times by timeline name.*got 3/);
  });

  it("lists the fields if the columns of an archetype are not an object", () => {
    const { recording, warnings } = record();
    recording.sendColumns("x", [TimeColumn.sequence("frame", [1, 2])], Scalars.columns([1, 2] as never));
    expect(warnings[0]?.message).toContain("created with an object of its fields { scalars }");
  });

  it("is reported once for each distinct problem, and a thousand times at most", () => {
    const { recording, warnings } = record();
    for (let round = 0; round < 3; round++) {
      for (let entity = 0; entity < 1100; entity++) recording.log(["entity", entity], new Points3D([round]));
    }
    expect(warnings).toHaveLength(1001);
    expect(warnings[0]?.message).toContain("`/entity/0`");
    expect(warnings.at(-1)?.message).toMatch(/1000 distinct problems.*only counted/);
    expect(recording.stats().warnings).toBe(3300);
  });

  it("does not affect the rows before and after it", () => {
    const { recording, memory } = record();
    const log = (colors: string): void =>
      recording.log("p", new Points3D([[1, 2, 3]], { radii: 0.5, labels: "a", colors }));
    log("red");
    log("rad");
    log("lime");
    const [chunk, ...others] = readChunks(memory.drainAsBytes());
    expect(others).toEqual([]);
    expect(chunk?.components).toEqual({
      "Points3D:colors": [[0xff0000ff], [0x00ff00ff]],
      "Points3D:labels": [["a"], ["a"]],
      "Points3D:positions": [[[1, 2, 3]], [[1, 2, 3]]],
      "Points3D:radii": [[0.5], [0.5]],
    });
  });

  it("includes errors that asComponents of a custom object throws", () => {
    const { recording, memory, warnings } = record();
    const bad: AsComponents = {
      asComponents(row) {
        row.add(new Scalars(1));
        throw new Error("no data today");
      },
    };
    recording.log("x", bad);
    expect(warnings[0]?.message).toContain("no data today");
    expect(readChunks(memory.drainAsBytes())).toEqual([]);
  });

  it("includes logging inside asComponents, while the outer row is stored", () => {
    const { recording, memory, warnings } = record();
    recording.log("outer", {
      asComponents(row) {
        recording.log("inner", new Scalars(1));
        row.add(new Scalars(2));
      },
    });
    expect(warnings[0]?.message).toContain("a call from inside it");
    expect(readChunks(memory.drainAsBytes()).map(({ entityPath }) => entityPath)).toEqual(["/outer"]);
  });

  it("includes a component that is written twice in a row", () => {
    const { recording, memory, warnings } = record();
    recording.log("x", [new Scalars(1), new Scalars(2)]);
    expect(warnings[0]).toMatchObject({ argument: "Scalars.scalars" });
    expect(warnings[0]?.message).toContain("is in the row twice");
    expect(readChunks(memory.drainAsBytes())).toEqual([]);
  });

  it.each([
    ["an empty part", ["a", ""], /an array of non-empty strings, numbers or bigints/],
    ["a number", 5, /an entity path.*got 5/],
    ["a hole", ["a", undefined], /got undefined/],
  ])("is reported in a path: %s", (_, path, message) => {
    const { recording, memory, warnings } = record();
    recording.log(path as never, new Scalars(1));
    expect(warnings[0]).toMatchObject({ code: "INVALID_DATA", argument: "path" });
    expect(warnings[0]?.message).toMatch(message);
    expect(readChunks(memory.drainAsBytes())).toEqual([]);
  });

  it("does not include unescaped white space in a path, which only causes a warning, also in strict mode", () => {
    const { recording, memory, warnings } = record();
    recording.setStrictMode(true);
    recording.log("robot arm", new Scalars(1));
    recording.log("robot arm", new Scalars(2));
    expect(warnings.map(({ message }) => message)).toEqual([expect.stringContaining("`/robot\\ arm`")]);
    expect(readChunks(memory.drainAsBytes())[0]?.rows).toBe(2);
  });
});

describe("invalid columns", () => {
  const times = TimeColumn.sequence("frame", [1, 2, 3]);

  it.each([
    [
      "of different lengths",
      [Scalars.columns({ scalars: [1, 2] })],
      "Scalars.scalars",
      /as long as the first column, 3 rows.*got 2 rows/,
    ],
    [
      "partitioned wrongly",
      [Scalars.columns({ scalars: [1, 2, 3] }).partition([1, 1, 2])],
      "Scalars.scalars",
      /lengths that sum to 3, the number of instances, got the sum 4/,
    ],
    [
      "partitioned by fractions",
      [Scalars.columns({ scalars: [1, 2, 3] }).partition([1.5, 1.5, 0])],
      "Scalars.scalars",
      /non-negative integers.*got 1.5/,
    ],
    ["with bad values", [Scalars.columns({ scalars: [1, "2" as never, 3] })], "Scalars.scalars", /got "2" at index 1/],
    [
      "given twice",
      [Scalars.columns({ scalars: [1, 2, 3] }), Scalars.columns({ scalars: [1, 2, 3] })],
      "Scalars.scalars",
      /has two columns: send one/,
    ],
    [
      "of unknown fields",
      [Scalars.columns({ scalers: [1, 2, 3] } as never)],
      "Scalars",
      /has the unknown field `scalers`/,
    ],
    [
      "of lists of instances",
      [
        Points3D.columns({
          positions: [
            [
              [1, 2, 3],
              [4, 5, 6],
            ],
            [[1, 2, 3]],
            [],
          ] as never,
        }),
      ],
      "Points3D.positions",
      /several instances per row\? `.partition\(lengths\)`.*got an array of length 2.* at index 0/,
    ],
    [
      "that cannot be read",
      [
        Points3D.columns({
          get positions(): never {
            throw new Error("gone");
          },
        }),
      ],
      "Points3D",
      /could not be read: gone/,
    ],
    ["that are archetypes", [new Scalars([1, 2, 3]) as never], "columns", /columns of archetypes/],
    [
      "of flat bytes as colours",
      [Points3D.columns({ colors: new Uint8Array(9) })],
      "Points3D.colors",
      /`\{ rgb: array \}`/,
    ],
  ])("%s are reported, and nothing is sent", (_, columns, argument, message) => {
    const { recording, memory, warnings } = record();
    recording.sendColumns("c", times, columns as never);
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toMatchObject({ code: "INVALID_DATA", argument, entityPath: "/c" });
    expect(warnings[0]?.message).toMatch(message);
    expect(readChunks(memory.drainAsBytes())).toEqual([]);
    recording.setStrictMode(true);
    expect(() => recording.sendColumns("c", times, columns as never)).toThrow(RerunError);
  });

  it("include two columns of one timeline, and a column of another kind", () => {
    const { recording, memory, warnings } = record();
    const columns = [Scalars.columns({ scalars: [1, 2, 3] })];
    recording.sendColumns("c", [times, times], columns);
    recording.setTime("frame", 1);
    recording.sendColumns("c", TimeColumn.duration("frame", [1, 2, 3]), columns);
    expect(warnings.map(({ message }) => message)).toEqual([
      expect.stringContaining("only column of its timeline"),
      expect.stringMatching(/a sequence, as before on this timeline, got a duration/),
    ]);
    expect(readChunks(memory.drainAsBytes())).toEqual([]);
  });
});
