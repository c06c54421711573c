import { RecordingStream, type AsComponents } from "@rerun-ts/core";
import {
  Boxes3D,
  Clear,
  components,
  Image,
  Pinhole,
  Points3D,
  Scalars,
  TextDocument,
  TextLog,
  Transform3D,
} from "@rerun-ts/types";
import { describe, expect, it } from "vitest";
import { readChunks } from "@rerun-ts/test-support/common/read-chunks";

/** The components of one row, strictly logged: the list of instances by component. */
function logged(data: AsComponents | readonly AsComponents[]): Readonly<Record<string, unknown>> {
  const recording = new RecordingStream("inputs", { strict: true });
  const memory = recording.memoryRecording();
  recording.log("x", data);
  const [chunk] = readChunks(memory.drainAsBytes());
  return Object.fromEntries(Object.entries(chunk?.components ?? {}).map(([name, rows]) => [name, rows[0]]));
}

const P = "Points3D:positions";
const C = "Points3D:colors";
const XYZ = [[1, 2, 3]];
const TWO = [
  [1, 2, 3],
  [4, 5, 6],
];
/** As three.js's vectors are. */
const threeVector = { x: 1, y: 2, z: 3, toArray: () => [1, 2, 3] };

describe("vectors are accepted", () => {
  it.each<[string, ConstructorParameters<typeof Points3D>[0], unknown]>([
    ["one flat array", [1, 2, 3], XYZ],
    ["several in a flat array", [1, 2, 3, 4, 5, 6], TWO],
    ["nested arrays", TWO, TWO],
    ["a typed array", new Float32Array([1, 2, 3, 4, 5, 6]), TWO],
    ["a typed array of another type", new Float64Array([1, 2, 3]), XYZ],
    ["an integer array", new Uint8Array([1, 2, 3]), XYZ],
    ["an object", { x: 1, y: 2, z: 3 }, XYZ],
    ["objects", [{ x: 1, y: 2, z: 3 }, threeVector], [XYZ[0], XYZ[0]]],
    ["something with toArray", { toArray: () => new Float32Array([1, 2, 3]) }, XYZ],
    ["mixed forms", [new Float32Array([1, 2, 3]), [4, 5, 6]], TWO],
    ["an iterable", new Set([[1, 2, 3]]), XYZ],
    ["a view into a larger buffer", new Float32Array([0, 1, 2, 3, 9]).subarray(1, 4), XYZ],
    ["NaN and infinities", [Number.NaN, Infinity, -Infinity], [[Number.NaN, Infinity, -Infinity]]],
    ["none", [], []],
    ["null", null, []],
  ])("as %s", (_, positions, expected) => {
    expect(logged(new Points3D(positions))[P]).toEqual(expected);
  });
});

describe("colours are accepted", () => {
  it.each<[string, NonNullable<ConstructorParameters<typeof Points3D>[1]>["colors"], number[]]>([
    ["a name", "orange", [0xffa500ff]],
    [
      "hex of every length",
      ["#f80", "#f808", "#ff8800", "#ff880080"],
      [0xff8800ff, 0xff880088, 0xff8800ff, 0xff880080],
    ],
    [
      "CSS functions",
      ["rgb(255, 128, 0)", "rgb(255 128 0 / 50%)", "hsl(120, 100%, 50%)", "hwb(0 0% 0%)"],
      [0xff8000ff, 0xff800080, 0x00ff00ff, 0xff0000ff],
    ],
    [
      "CSS functions with an opacity",
      ["rgba(0, 0, 255, 0.5)", "rgb(100% 0% 50% / 20%)", "hsl(-240deg 100% 50% / .5)", "hwb(120, 20%, 20%, 0)"],
      [0x0000ff80, 0xff008033, 0x00ff0080, 0x33cc3300],
    ],
    ["names in any case", ["RebeccaPurple", " White ", "transparent"], [0x663399ff, 0xffffffff, 0]],
    ["3 bytes", [255, 0, 0], [0xff0000ff]],
    ["4 bytes", [255, 0, 0, 128], [0xff000080]],
    [
      "nested bytes",
      [
        [255, 0, 0],
        [0, 255, 0, 9],
      ],
      [0xff0000ff, 0x00ff0009],
    ],
    ["a packed number", 0x11223344, [0x11223344]],
    ["packed numbers", [0x11223344, 0xff], [0x11223344, 0xff]],
    ["3 numbers of which one is no byte", [256, 0, 1], [256, 0, 1]],
    ["a Uint32Array", new Uint32Array([0xff0000ff, 1]), [0xff0000ff, 1]],
    ["a byte array of one colour", new Uint8Array([1, 2, 3]), [0x010203ff]],
    ["a clamped array of 4", new Uint8ClampedArray([1, 2, 3, 4]), [0x01020304]],
    ["3 bytes for each of two points", new Uint8Array([1, 2, 3, 4, 5, 6]), [0x010203ff, 0x040506ff]],
    ["4 fractions for each of two points", new Float32Array([1, 0, 0, 1, 0, 1, 0, 0.5]), [0xff0000ff, 0x00ff0080]],
    ["{ rgb } of bytes", { rgb: [1, 2, 3, 4, 5, 6] }, [0x010203ff, 0x040506ff]],
    ["{ rgba } of fractions", { rgba: new Float64Array([0, 0, 1, 1]) }, [0x0000ffff]],
    ["{ r, g, b } from 0 to 1", { r: 1, g: 0.5, b: 0 }, [0xff8000ff]],
    ["{ r, g, b, a } beyond, clamped", { r: 2, g: -1, b: 0, a: 0.5 }, [0xff000080]],
    ["mixed forms", ["red", 0xff, [0, 0, 255], { r: 0, g: 1, b: 0 }], [0xff0000ff, 0xff, 0x0000ffff, 0x00ff00ff]],
    ["none", [], []],
  ])("as %s", (_, colors, expected) => {
    expect(logged(new Points3D(TWO, { colors }))[C]).toEqual(expected);
  });
});

describe("matrices are accepted", () => {
  const columns = [[1, 4, 7, 2, 5, 8, 3, 6, 9]];
  it.each<[string, NonNullable<ConstructorParameters<typeof Transform3D>[0]>["mat3x3"]]>([
    [
      "nested rows",
      [
        [1, 2, 3],
        [4, 5, 6],
        [7, 8, 9],
      ],
    ],
    ["rows, flat", { rows: [1, 2, 3, 4, 5, 6, 7, 8, 9] }],
    [
      "columns, nested",
      {
        columns: [
          [1, 4, 7],
          [2, 5, 8],
          [3, 6, 9],
        ],
      },
    ],
    ["columns, flat", { columns: new Float32Array([1, 4, 7, 2, 5, 8, 3, 6, 9]) }],
    ["a matrix of three.js, which gives columns", { toArray: () => [1, 4, 7, 2, 5, 8, 3, 6, 9] }],
    [
      "a list of one",
      [
        {
          rows: [
            [1, 2, 3],
            [4, 5, 6],
            [7, 8, 9],
          ],
        },
      ],
    ],
  ])("as %s, and stored column by column", (_, mat3x3) => {
    expect(logged(new Transform3D({ mat3x3 }))["Transform3D:mat3x3"]).toEqual(columns);
  });
});

describe("the fields of archetypes", () => {
  it("accept single values, enums by case-insensitive name or number, strings and booleans", () => {
    expect(
      logged(
        new Points3D([1, 2, 3], {
          radii: 0.5,
          labels: "a",
          showLabels: true,
          pointShading: "flat" as "Flat",
          classIds: 7,
        }),
      ),
    ).toEqual({
      "Points3D:class_ids": [7],
      "Points3D:labels": ["a"],
      "Points3D:point_shading": [2],
      [P]: XYZ,
      "Points3D:radii": [0.5],
      "Points3D:show_labels": [true],
    });
    expect(logged(new Boxes3D({ halfSizes: [1, 1, 1], fillMode: [3, "DenseWireframe"] }))["Boxes3D:fill_mode"]).toEqual(
      [3, 2],
    );
    expect(components.FillMode.values.Solid).toBe(3);
  });

  it("are not written if undefined, and cleared by null and []", () => {
    expect(logged(new Points3D([1, 2, 3], { radii: undefined, colors: null, labels: [] }))).toEqual({
      [C]: [],
      "Points3D:labels": [],
      [P]: XYZ,
    });
  });

  it("imply class 0 for keypoints without a class", () => {
    expect(logged(new Points3D([1, 2, 3], { keypointIds: [3] }))).toMatchObject({ "Points3D:class_ids": [0] });
    expect(logged(new Points3D([1, 2, 3], { keypointIds: [3], classIds: [] }))).toMatchObject({
      "Points3D:class_ids": [],
    });
    expect(logged(new Points3D([1, 2, 3], { keypointIds: null }))).not.toHaveProperty(["Points3D:class_ids"]);
  });

  it("are updated individually by fromFields, and all cleared by cleared", () => {
    expect(logged(Points3D.fromFields({ radii: 2 }))).toEqual({ "Points3D:radii": [2] });
    expect(Object.entries(logged(Points3D.fromFields({ radii: 2 }, { clearUnset: true })))).toHaveLength(8);
    const all = logged(Points3D.cleared());
    expect(Object.keys(all)).toHaveLength(8);
    expect(new Set(Object.values(all).map(String))).toEqual(new Set([""]));
  });

  it("accept rotations in radians or degrees", () => {
    const half = Math.fround(Math.PI / 2);
    const angle = (rotationAxisAngle: NonNullable<ConstructorParameters<typeof Transform3D>[0]>["rotationAxisAngle"]) =>
      logged(new Transform3D({ rotationAxisAngle }))["Transform3D:rotation_axis_angle"];
    for (const given of [{ angle: Math.PI / 2 }, { radians: Math.PI / 2 }, { degrees: 90 }]) {
      expect(angle({ axis: [0, 0, 1], ...given })).toEqual([{ axis: [0, 0, 1], angle: half }]);
    }
    expect(angle([{ axis: { x: 1, y: 0, z: 0 }, degrees: 0 }])).toEqual([{ axis: [1, 0, 0], angle: 0 }]);
  });

  it("accept scales as one number or three", () => {
    expect(logged(new Transform3D({ scale: 2 }))["Transform3D:scale"]).toEqual([[2, 2, 2]]);
    expect(logged(new Transform3D({ scale: [1, 2, 3] }))["Transform3D:scale"]).toEqual([[1, 2, 3]]);
  });

  it("are read when they are logged, not before", () => {
    const positions = new Float32Array([1, 2, 3]);
    const points = new Points3D(positions);
    positions[0] = 9;
    expect(logged(points)[P]).toEqual([[9, 2, 3]]);
  });
});

describe("conveniences", () => {
  it("create boxes from sizes and corners", () => {
    expect(logged(new Boxes3D({ sizes: [2, 4, 6], centers: [1, 1, 1] }))).toEqual({
      "Boxes3D:centers": [[1, 1, 1]],
      "Boxes3D:half_sizes": [[1, 2, 3]],
    });
    expect(
      logged(
        new Boxes3D({
          sizes: [2, 4, 6],
          mins: [
            [0, 0, 0],
            [1, 1, 1],
          ],
        }),
      ),
    ).toEqual({
      "Boxes3D:centers": [
        [1, 2, 3],
        [2, 3, 4],
      ],
      "Boxes3D:half_sizes": [[1, 2, 3]],
    });
    expect(logged(new Boxes3D({ sizes: null }))).toEqual({ "Boxes3D:half_sizes": [] });
  });

  it("create cameras from a focal length, a field of view or a matrix", () => {
    const projection = "Pinhole:image_from_camera";
    const resolution = "Pinhole:resolution";
    const byLens = logged(new Pinhole({ focalLength: 500, width: 640, height: 480 }));
    expect(byLens[projection]).toEqual([[500, 0, 0, 0, 500, 0, 320, 240, 1]]);
    expect(byLens[resolution]).toEqual([[640, 480]]);
    const withCentre = logged(new Pinhole({ focalLength: [500, 400], principalPoint: [1, 2] }));
    expect(withCentre).toEqual({ [projection]: [[500, 0, 0, 0, 400, 0, 1, 2, 1]] });
    const byAngle = logged(new Pinhole({ fovY: 0.8, aspectRatio: 1.5 }));
    expect(byAngle[projection]).toEqual([
      [expect.closeTo(1.1826, 4), 0, 0, 0, expect.closeTo(1.1826, 4), 0, 0.75, 0.5, 1],
    ]);
    expect(byAngle[resolution]).toEqual([[1.5, 1]]);
    expect(
      logged(
        new Pinhole({
          imageFromCamera: [
            [1, 2, 3],
            [4, 5, 6],
            [7, 8, 9],
          ],
          cameraXyz: "RDF",
        }),
      ),
    ).toEqual({
      "Pinhole:camera_xyz": [[3, 2, 5]],
      [projection]: [[1, 4, 7, 2, 5, 8, 3, 6, 9]],
    });
  });

  it.each([
    ["grey", { data: new Uint8Array(6), width: 3, height: 2 }, 1, 6],
    ["RGB", { data: new Uint8ClampedArray(18), width: 3, height: 2 }, 2, 6],
    ["an ImageData", { data: new Uint8ClampedArray(24), width: 3, height: 2, colorSpace: "srgb" }, 3, 6],
    [
      "that of a newer browser",
      { data: new Uint8ClampedArray(24), width: 3, height: 2, pixelFormat: "rgba-unorm8" as const },
      3,
      6,
    ],
    ["BGR", { data: new Uint8Array(18), width: 3, height: 2, colorModel: "BGR" as const }, 4, 6],
    ["float grey", { data: new Float32Array(6), width: 3, height: 2 }, 1, 34],
    [
      "16 bits, as sharp tells it",
      { data: new Uint16Array(18), width: 3, height: 2, channels: 3, size: 36, premultiplied: false },
      2,
      8,
    ],
    ["bytes in an ArrayBuffer", { data: new ArrayBuffer(18), width: 3, height: 2 }, 2, 6],
  ])("determine the format of an image: %s", (_, image, colorModel, datatype) => {
    const picture = logged(new Image(image, { opacity: 0.5 }));
    expect(picture["Image:format"]).toEqual([
      { width: 3, height: 2, pixel_format: null, color_model: colorModel, channel_datatype: datatype },
    ]);
    expect((picture["Image:buffer"] as unknown[][])[0]).toHaveLength(image.data.byteLength);
    expect(picture["Image:opacity"]).toEqual([0.5]);
  });

  it("accept pixel formats, and clear an image with null", () => {
    const image = logged(new Image({ data: new Uint8Array(12), width: 4, height: 2, pixelFormat: "NV12" }));
    expect(image["Image:format"]).toEqual([
      { width: 4, height: 2, pixel_format: 26, color_model: null, channel_datatype: null },
    ]);
    expect(logged(new Image(null))).toEqual({ "Image:buffer": [], "Image:format": [] });
  });

  it("of all other archetypes convert to fields", () => {
    expect(logged(Clear.recursive())).toEqual({ "Clear:is_recursive": [true] });
    expect(logged(new Clear({ recursive: false }))).toEqual({ "Clear:is_recursive": [false] });
    expect(
      logged([
        new TextLog("hi", { level: "WARN" }),
        new TextDocument("# hi", { mediaType: "text/markdown" }),
        new Scalars([1, 2]),
      ]),
    ).toEqual({
      "Scalars:scalars": [1, 2],
      "TextDocument:media_type": ["text/markdown"],
      "TextDocument:text": ["# hi"],
      "TextLog:level": ["WARN"],
      "TextLog:text": ["hi"],
    });
  });
});
