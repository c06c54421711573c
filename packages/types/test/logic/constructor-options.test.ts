import { RecordingStream, TimeColumn, type AsComponents } from "@rerun-ts/core";
import * as types from "@rerun-ts/types";
import { describe, expect, it } from "vitest";
import { readChunks } from "@rerun-ts/test-support/common/read-chunks";
import definitions from "../../../../definitions/archetypes.json" with { type: "json" };

type Archetype = new (...values: unknown[]) => AsComponents;

const classes = { ...types, ...types.blueprint } as unknown as Readonly<Record<string, Archetype>>;
const PIXEL = { data: new Uint8Array(3), width: 1, height: 1 };
const DEPTH = { data: new Uint8Array(1), width: 1, height: 1 };
const IDENTITY = [
  [1, 0, 0],
  [0, 1, 0],
  [0, 0, 1],
];

/** The components of one row, strictly logged. */
function logged(data: AsComponents): Readonly<Record<string, unknown>> {
  const recording = new RecordingStream("options", { strict: true });
  const memory = recording.memoryRecording();
  recording.log("x", data);
  const [chunk] = readChunks(memory.drainAsBytes());
  return Object.fromEntries(Object.entries(chunk?.components ?? {}).map(([name, rows]) => [name, rows[0]]));
}

/** What the first argument of each archetype must be, for those that do not take options first. */
const FIRST: Readonly<Record<string, unknown>> = { Image: PIXEL, DepthImage: DEPTH, SegmentationImage: DEPTH };

const archetypes = definitions.map(({ name, fields }) => {
  const Class = classes[name] as Archetype;
  const takesOptionsFirst = messageOf(() => logged(new Class(5))).includes("object of its fields");
  return { name, Class, takesOptionsFirst, isRequired: fields.some((field) => "required" in field) };
});

describe("options of every archetype", () => {
  it.each(archetypes)("are an object: $name", ({ name, Class, takesOptionsFirst }) => {
    if (!takesOptionsFirst && Class.length < 2) return;
    const before = takesOptionsFirst ? [] : [FIRST[name] ?? null, null].slice(0, Class.length - 1);
    for (const value of [5, true, "text", Number.NaN]) {
      expect(() => logged(new Class(...before, value))).toThrow(
        `\`${name}\` at \`/x\` must be created with an object of its fields`,
      );
    }
    if (takesOptionsFirst) expect(() => logged(new Class([[1, 2]]))).toThrow("object of its fields");
  });

  // Series of points have circles by default, backgrounds a gradient.
  const withDefault = ["SeriesPoints", "Background"];
  const needy = archetypes.filter(({ name, isRequired }) => isRequired && !withDefault.includes(name));

  it.each(needy)("have the required fields: $name", ({ name, Class, takesOptionsFirst }) => {
    expect(() => logged(new Class())).toThrow(`\`${name}`);
    if (takesOptionsFirst) expect(() => logged(new Class({}))).toThrow(/must be created with|is missing|lacks /);
  });

  it("are the first argument of many of them", () => {
    expect(archetypes.filter(({ takesOptionsFirst }) => takesOptionsFirst).length).toBeGreaterThan(40);
    expect(needy.filter(({ takesOptionsFirst }) => takesOptionsFirst).length).toBeGreaterThanOrEqual(20);
  });
});

function messageOf(run: () => unknown): string {
  try {
    run();
    return "";
  } catch (error) {
    return String(error);
  }
}

describe("options with a slip", () => {
  it.each<[string, () => AsComponents, RegExp]>([
    [
      "a field in the plural",
      () => new types.DepthImage(DEPTH, { meters: 1 } as never),
      /`meters` \(did you mean `meter`/,
    ],
    ["the same beside the data", () => new types.DepthImage({ ...DEPTH, meters: 1 } as never), /did you mean `meter`/],
    [
      "Python's spelling",
      () => new types.Image({ ...PIXEL, color_model: "RGB" } as never),
      /did you mean `colorModel`/,
    ],
    [
      "Python's spelling of a required field",
      () => new types.Mesh3D({ vertex_positions: [[1, 2, 3]] } as never),
      /did you mean `vertexPositions`/,
    ],
    ["the same of one of several", () => new types.Pinhole({ focal_length: 1 } as never), /did you mean `focalLength`/],
    [
      "a missing field beside others",
      () => new types.Mesh3D({} as never),
      /`Mesh3D.vertexPositions` .*is missing: pass/,
    ],
    [
      "an option beside the data",
      () => new types.Image({ ...PIXEL, opacity: 1 } as never),
      /pass it in the second, beside/,
    ],
    [
      "an option of Python",
      () => new types.Boxes3D({ half_sizes: [1, 1, 1], sizes: [1, 1, 1] } as never),
      /`halfSizes`/,
    ],
    ["nothing alike", () => new types.Points3D([1, 2, 3], { nonsense: 1 } as never), /unknown field `nonsense`;/],
    ["fields of an update", () => types.Points3D.fromFields({ color: "red" } as never), /did you mean `colors`/],
    ["an update without fields", () => types.Points3D.fromFields(5 as never), /an object of its fields/],
  ])("%s", (_, make, message) => {
    expect(() => logged(make())).toThrow(message);
  });

  it("in columns", () => {
    const recording = new RecordingStream("options", { strict: true });
    const send = (fields: unknown): void =>
      recording.sendColumns("x", TimeColumn.sequence("frame", [1]), types.Points3D.columns(fields as object));
    expect(() => send({ position: [1, 2, 3] })).toThrow("did you mean `positions`");
    expect(() => send([[1, 2, 3]])).toThrow("must be created with an object of its fields");
  });

  it("keeps quiet about what sharp and browsers add to an image", () => {
    const info = { size: 3, format: "raw", channels: 3, premultiplied: false, depth: "uchar", colorSpace: "srgb" };
    expect(logged(new types.Image({ ...PIXEL, ...info }))).toHaveProperty("Image:buffer");
  });
});

describe("Pinhole", () => {
  const matrix = { imageFromCamera: IDENTITY };

  it("stores the size of the image beside a matrix", () => {
    const size = { "Pinhole:resolution": [[640, 480]] };
    expect(logged(new types.Pinhole({ ...matrix, width: 640, height: 480 }))).toMatchObject(size);
    expect(logged(new types.Pinhole({ ...matrix, resolution: [640, 480] }))).toMatchObject(size);
  });

  it("accepts points as objects, and the constants of coordinate systems", () => {
    const objects = logged(
      new types.Pinhole({
        focalLength: { x: 5, y: 4 },
        principalPoint: { x: 1, y: 2 },
        cameraXyz: types.ViewCoordinates.RUB,
      }),
    );
    expect(objects).toEqual(
      logged(new types.Pinhole({ focalLength: [5, 4], principalPoint: [1, 2], cameraXyz: "RUB" })),
    );
    expect(logged(types.Pinhole.fromFields({ cameraXyz: [types.ViewCoordinates.RUB] }))).toEqual({
      "Pinhole:camera_xyz": [[3, 1, 6]],
    });
  });

  it("uses a principal point beside a field of view, as the native SDKs do", () => {
    const { "Pinhole:image_from_camera": stored } = logged(
      new types.Pinhole({ fovY: 1, aspectRatio: 2, principalPoint: [0.25, 0.75] }),
    );
    expect((stored as number[][])[0]?.slice(6)).toEqual([0.25, 0.75, 1]);
  });

  it.each<[object, string]>([
    [{ ...matrix, width: 640 }, "Pinhole.height"],
    [{ focalLength: 1, principalPoint: [1, 1], height: 480 }, "Pinhole.width"],
    [{ ...matrix, principalPoint: [1, 1] }, "Pinhole.principalPoint"],
    [{ ...matrix, aspectRatio: 2 }, "Pinhole.aspectRatio"],
    [{ ...matrix, resolution: [1, 1], width: 1, height: 1 }, "Pinhole.resolution"],
    [{ fovY: 1, aspectRatio: 2, resolution: [640, 480] }, "Pinhole.resolution"],
    [{ fovY: 1, aspectRatio: 2, width: 640, height: 480 }, "Pinhole.width"],
    [{ fovY: 1 }, "Pinhole.aspectRatio"],
    [{ resolution: [640, 480] }, "Pinhole"],
  ])("reports options that exclude or need each other: %j", (options, argument) => {
    expect(() => logged(new types.Pinhole(options as never))).toThrow(expect.objectContaining({ argument }));
  });
});

describe("many blobs in one array", () => {
  it("are the frames of columns", () => {
    const recording = new RecordingStream("options", { strict: true });
    const memory = recording.memoryRecording();
    const bytes = Uint8Array.from({ length: 12 }, (_, index) => index);
    const frames = TimeColumn.sequence("frame", [0, 1, 2]);
    recording.sendColumns("x", frames, types.Image.columns({ buffer: { bytes, size: 4 } }));
    const [chunk] = readChunks(memory.drainAsBytes());
    expect(chunk?.components["Image:buffer"]).toEqual([[[0, 1, 2, 3]], [[4, 5, 6, 7]], [[8, 9, 10, 11]]]);
  });

  it("must be as long as their sizes together", () => {
    const buffer = (size: number): AsComponents =>
      types.Image.fromFields({ buffer: { bytes: new Uint8Array(12), size } });
    expect(() => logged(buffer(5))).toThrow("`Image.buffer.bytes` at `/x` must be a multiple of 5 bytes, got 12 bytes");
    expect(() => logged(buffer(0))).toThrow("`Image.buffer.size` at `/x` must be a positive number of bytes, got 0");
  });
});

describe("messages", () => {
  it.each<[string, () => AsComponents, string]>([
    [
      "name the forms of classes",
      () => new types.AnnotationContext({ 1: "car" } as never),
      '`AnnotationContext.context` at `/x` must be classes such as 1, [1, "car"], { id: 1, label: "car", color: "red" }',
    ],
    [
      "name the label of a class as it is given",
      () => new types.AnnotationContext({ id: 1, label: 5 } as never),
      "`AnnotationContext.context.label` at `/x` must be a string",
    ],
    [
      "name a tensor and not its parts",
      () => new types.Tensor({ data: [1, 2, 3], shape: [2] }),
      "`Tensor.data` at `/x` must be 2 values, as its shape says, got 3 values",
    ],
  ])("%s", (_, make, message) => {
    expect(() => logged(make())).toThrow(message);
  });
});

describe("colours as fractions", () => {
  const packed = (colors: unknown): unknown =>
    logged(new types.Points3D([0, 0, 0], { colors: colors as string }))["Points3D:colors"];

  it("are rounded to the even byte, as in the Python SDK", () => {
    expect(packed({ r: 0.3, g: 0.7, b: 0.1, a: 0.9 })).toEqual([0x4cb21ae6]);
    expect(packed(new Float64Array([0.3, 0.7, 0.1, 0.9]))).toEqual([0x4cb21ae6]);
  });

  it("are multiplied with 32 bits if they have as many", () => {
    expect(packed(new Float32Array([0.3, 0.7, 0.1, 0.9]))).toEqual([0x4cb21ae6]);
    expect(packed(new Float32Array([0.5, 0.1, 0.3, 0.7]))).toEqual([0x801a4cb2]);
  });

  it("of CSS are rounded as in browsers", () => {
    expect(packed("rgb(30% 70% 10% / 90%)")).toEqual([0x4db31ae6]);
  });
});
