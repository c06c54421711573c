import { RecordingStream, type AsComponents } from "@rerun-ts/core";
import { valuesOf } from "@rerun-ts/test-support/common/read-chunks";
import {
  bytesOfPlatform,
  numbersOfPlatform,
  outOfBounds,
  proxied,
  type ForeignValue,
} from "@rerun-ts/test-support/common/platform-values";
import { textsOfPlatform } from "@rerun-ts/test-support/common/platform-times";
import {
  AssetAudio,
  DepthImage,
  EncodedImage,
  Image,
  LineStrips3D,
  Mesh3D,
  Points3D,
  Scalars,
  SegmentationImage,
  Tensor,
  TextLog,
  Transform3D,
} from "@rerun-ts/types";
import { describe, expect, it } from "vitest";

/** Logs data. Returns a function that reads a component, or throws the error of strict mode. */
function logged(data: AsComponents): (component: string) => unknown {
  const recording = new RecordingStream("values", { strict: true });
  const memory = recording.memoryRecording();
  recording.log("a", data);
  const rrd = memory.drainAsBytes();
  return (component) => valuesOf(rrd, "/a", component)[0];
}

/** A field of numbers, and what it makes of three of them. */
const FIELDS: Readonly<
  Record<
    string,
    {
      readonly log: (value: never) => AsComponents;
      readonly component: string;
      readonly read: (numbers: readonly number[]) => unknown;
    }
  >
> = {
  scalars: { log: (value) => new Scalars(value), component: "Scalars:scalars", read: (numbers) => numbers },
  radii: {
    log: (value) =>
      new Points3D(
        [
          [0, 0, 0],
          [0, 0, 0],
          [0, 0, 0],
        ],
        { radii: value },
      ),
    component: "Points3D:radii",
    read: (numbers) => numbers,
  },
  positions: { log: (value) => new Points3D(value), component: "Points3D:positions", read: (numbers) => [numbers] },
  translation: {
    log: (value) => new Transform3D({ translation: value }),
    component: "Transform3D:translation",
    read: (numbers) => [numbers],
  },
  "a list of vectors": {
    log: (value) => new Points3D([value, value]),
    component: "Points3D:positions",
    read: (numbers) => [numbers, numbers],
  },
};

function isOnce({ name }: ForeignValue): boolean {
  return /generator|values of/.test(name);
}

describe.each(Object.entries(FIELDS))("numbers as %s", (field, { log, component, read }) => {
  const values = numbersOfPlatform().filter((value) => field !== "a list of vectors" || !isOnce(value));
  it.each(values)("$name", ({ make, numbers, remedy }) => {
    if (remedy !== undefined) expect(() => logged(log(make() as never))).toThrow(remedy);
    else expect(logged(log(make() as never))(component)).toEqual(read(numbers ?? []));
  });
});

const BYTES: Readonly<Record<string, readonly [log: (value: never) => AsComponents, component: string]>> = {
  contents: [(contents) => new EncodedImage({ contents, mediaType: "image/png" }), "EncodedImage:blob"],
  blob: [(blob) => AssetAudio.fromFields({ blob }), "AssetAudio:blob"],
};

describe.each(Object.entries(BYTES))("bytes as %s", (_, [log, component]) => {
  it.each(bytesOfPlatform())("$name", ({ make, bytes, remedy }) => {
    if (remedy !== undefined) expect(() => logged(log(make() as never))).toThrow(remedy);
    else expect(logged(log(make() as never))(component)).toEqual([bytes]);
  });
});

const TEXTS: Readonly<Record<string, (value: never) => AsComponents>> = {
  text: (text) => new TextLog(text),
  level: (level) => new TextLog("text", { level }),
  labels: (labels) => new Points3D([0, 0, 0], { labels }),
  "a list of labels": (label) => new Points3D([0, 0, 0], { labels: [label] }),
};

describe.each(Object.entries(TEXTS))("texts as %s", (_, log) => {
  it.each(textsOfPlatform())("$name is refused", ({ make, remedy }) => {
    expect(() => logged(log(make() as never))).toThrow(remedy);
  });
});

it("iterators of vectors and of matrices are lists, although newer platforms give them a method `toArray`", () => {
  const points = [
    [1, 2, 3],
    [4, 5, 6],
  ];
  const generate = function* (): Generator<number[]> {
    yield* points;
  };
  const read = (value: unknown): unknown => logged(new Points3D(value as never))("Points3D:positions");
  expect(read(generate())).toEqual(points);
  expect(read(new Map(points.entries()).values())).toEqual(points);
  expect(read(new Set(points))).toEqual(points);
  // As lists of immutable, and columns of Arrow.
  const list = { size: 2, toArray: () => points, [Symbol.iterator]: () => points.values() };
  expect(read(list)).toEqual(points);
  // As vectors of three.js, older and newer ones.
  expect(read({ toArray: () => [1, 2, 3] })).toEqual([[1, 2, 3]]);
  expect(read([{ toArray: () => [1, 2, 3], [Symbol.iterator]: () => [1, 2, 3].values() }])).toEqual([[1, 2, 3]]);
  const rows = [
    [1, 2, 3],
    [4, 5, 6],
    [7, 8, 9],
  ];
  const matrix = (value: unknown): unknown => logged(new Transform3D({ mat3x3: value as never }))("Transform3D:mat3x3");
  expect(matrix(new Map(rows.entries()).values())).toEqual(matrix(rows));
  expect(matrix(rows.values())).toEqual(matrix(rows));
});

it("an array beyond the end of its buffer is refused, not logged as an empty one", () => {
  const array = outOfBounds();
  // Firefox ESR has no such buffers.
  if (array === undefined) return;
  for (const data of [new Scalars(array), new Points3D(array), new EncodedImage({ contents: array, mediaType: "a/b" })])
    expect(() => logged(data)).toThrow(/a Float32Array beyond the end of its buffer/);
});

it.each<[string, unknown, RegExp]>([
  ["oklch()", "oklch(0.7 0.1 20)", /other colour spaces: set it as `fillStyle` of a canvas/],
  ["color()", "color(display-p3 1 0 0)", /other colour spaces/],
  ["16 bits per channel", new Uint16Array([65535, 0, 0]), /16 bits per channel\? `Uint8Array.from/],
  ["channels up to 255", { r: 255, g: 128, b: 0 }, /up to 255\? `\[r, g, b\]`.*got 255/],
  ["a proxy of a typed array", proxied(), /a proxy of a typed array\?/],
])("colours as %s are refused with the remedy", (_, colors, remedy) => {
  expect(() => logged(new Points3D([0, 0, 0], { colors: colors as never }))).toThrow(remedy);
});

it("colour objects of libraries have their opacity", () => {
  const read = (color: unknown): unknown =>
    logged(new Points3D([0, 0, 0], { colors: color as never }))("Points3D:colors");
  // As `d3.rgb("orange")`.
  class Rgb {
    readonly r = 255;
    readonly g = 128;
    readonly b = 0;
    readonly opacity = 0.5;
    formatHex(): string {
      return "#ff8000";
    }
  }
  expect(read(new Rgb())).toEqual([0xff800080]);
  expect(read({ mode: "rgb", r: 1, g: 0, b: 0, alpha: 0.5 })).toEqual([0xff000080]);
  expect(read({ r: 0, g: 1, b: 0, a: 0.5 })).toEqual([0x00ff0080]);
});

it("tensors of 16-bit floats are read with and without a class for them, and images with their shape", () => {
  const type = (globalThis as { Float16Array?: new (list: number[]) => object }).Float16Array;
  const bits = { dims: [2], type: "float16", data: new Uint16Array([0x3c00, 0x4000]) };
  const tensors = [bits, ...(type === undefined ? [] : [{ ...bits, data: new type([1, 2]) }])];
  for (const tensor of tensors)
    expect(logged(new Tensor(tensor as never))("Tensor:data")).toMatchObject([{ shape: [2n], buffer: [1, 2] }]);
  if (typeof ImageData !== "undefined")
    expect(logged(new Tensor(new ImageData(4, 2) as never))("Tensor:data")).toMatchObject([{ shape: [2n, 4n, 4n] }]);
  const complex = { shape: [1], dtype: "complex64", dataSync: () => new Float32Array([1, 2]) };
  expect(() => logged(new Tensor(complex as never))).toThrow(/log `tf.real\(x\)` and `tf.imag\(x\)`/);
});

describe("images of tensors with a shape", () => {
  const rgb = Uint8Array.from({ length: 2 * 3 * 3 }, (_, at) => at);
  const raster = logged(new Image({ data: rgb, width: 3, height: 2 }));
  it.each<[string, unknown]>([
    ["{ data, shape }", { data: rgb, shape: [2, 3, 3] }],
    ["a batch of one", { data: rgb, shape: [1, 2, 3, 3] }],
    ["TensorFlow.js", { shape: [2, 3, 3], dtype: "int32", dataSync: () => rgb }],
    ["ONNX Runtime", { dims: [2, 3, 3], type: "uint8", data: rgb }],
    ["ndarray", { data: rgb, shape: [2, 3, 3], stride: [9, 3, 1], offset: 0 }],
  ])("%s", (_, tensor) => {
    const image = logged(new Image(tensor as never));
    for (const component of ["Image:buffer", "Image:format"]) expect(image(component)).toEqual(raster(component));
  });

  it("greyscale, depths and classes have two dimensions, and a wrong shape is named", () => {
    const depth = { data: new Float32Array(6), shape: [2, 3] };
    expect(logged(new DepthImage(depth))("DepthImage:format")).toMatchObject([{ width: 3, height: 2 }]);
    expect(logged(new Image(depth))("Image:format")).toMatchObject([{ width: 3, height: 2, color_model: 1 }]);
    const classes = { data: new Uint16Array(6), shape: [2, 3, 1] };
    expect(logged(new SegmentationImage(classes))("SegmentationImage:format")).toMatchObject([{ width: 3, height: 2 }]);
    expect(
      logged(
        new DepthImage([
          [1, 2, 3],
          [4, 5, 6],
        ]),
      )("DepthImage:format"),
    ).toMatchObject([{ width: 3, height: 2 }]);
    expect(() => logged(new Image({ data: rgb, shape: [18] }))).toThrow(
      /two dimensions, or of three.*the shape \[18\]/,
    );
    expect(() => logged(new Image({ data: rgb, shape: [2, 2] }))).toThrow(/4 values, as its shape says, got 18/);
    expect(() => logged(new DepthImage({ data: rgb, shape: [2, 3, 3] }))).toThrow(/3 × 2 values, that is 6, got 18/);
  });
});

it("values that change after the call are logged as they were", () => {
  const recording = new RecordingStream("values", { strict: true, batcher: { flushNumRows: 100 } });
  const memory = recording.memoryRecording();
  const positions = new Float32Array([1, 2, 3]);
  const bytes = new Uint8Array(200_000).fill(7);
  recording.log("points", new Points3D(positions));
  recording.log("image", new EncodedImage({ contents: bytes, mediaType: "image/png" }));
  recording.log("strip", new LineStrips3D([[positions, positions]]));
  positions.fill(9);
  structuredClone(bytes.buffer, { transfer: [bytes.buffer] });
  const rrd = memory.drainAsBytes();
  expect(valuesOf(rrd, "/points", "Points3D:positions")).toEqual([[[1, 2, 3]]]);
  expect(valuesOf(rrd, "/strip", "LineStrips3D:strips")).toEqual([
    [
      [
        [1, 2, 3],
        [1, 2, 3],
      ],
    ],
  ]);
  const [[image]] = valuesOf(rrd, "/image", "EncodedImage:blob") as [[ArrayLike<number>]];
  expect([image.length, image[199_999]]).toEqual([200_000, 7]);
});

it("a mesh of a proxy of a typed array names the remedy", () => {
  expect(() => logged(new Mesh3D({ vertexPositions: proxied() as never }))).toThrow(/in Vue `toRaw\(array\)`/);
});
