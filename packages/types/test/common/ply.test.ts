import { RecordingStream, type AsComponents } from "@rerun-ts/core";
import { gaussianSplats3DFromPly, points2DFromPly, points3DFromPly } from "@rerun-ts/types";
import { describe, expect, it } from "vitest";
import { readChunks } from "@rerun-ts/test-support/common/read-chunks";

/** The components of one row, strictly logged. */
function logged(data: AsComponents): Readonly<Record<string, unknown>> {
  const recording = new RecordingStream("ply", { strict: true });
  const memory = recording.memoryRecording();
  recording.log("x", data);
  const [chunk] = readChunks(memory.drainAsBytes());
  return Object.fromEntries(Object.entries(chunk?.components ?? {}).map(([name, rows]) => [name, rows[0]]));
}

/** A file with vertices that have these properties, e.g. `float x`. */
function ply(properties: readonly string[], count: number, data = "", format = "ascii"): Uint8Array {
  const lines = properties.map((property) => `property ${property}\n`).join("");
  return new TextEncoder().encode(`ply\nformat ${format} 1.0\nelement vertex ${count}\n${lines}end_header\n${data}`);
}

/** The bytes of both, one after the other. */
function join(header: Uint8Array, data: DataView): Uint8Array {
  return new Uint8Array([...header, ...new Uint8Array(data.buffer)]);
}

const XYZ = ["float x", "float y", "float z"];
const RGB = ["uchar red", "uchar green", "uchar blue"];
const SPLAT = [
  ["x", "y", "z", "f_dc_0", "f_dc_1", "f_dc_2", "opacity"],
  ["scale_0", "scale_1", "scale_2", "rot_0", "rot_1", "rot_2", "rot_3"],
].flat();

function splats(rest: number, count: number, data: string): Uint8Array {
  const harmonics = Array.from({ length: rest }, (_, index) => `f_rest_${index}`);
  return ply(
    [...SPLAT, ...harmonics].map((name) => `float ${name}`),
    count,
    data,
  );
}

describe("points3DFromPly", () => {
  it("reads the vertices as points", () => {
    const components = logged(points3DFromPly(ply(XYZ, 2, "1 2 3\n-0.5 4.5e-3 1e10\n")));
    expect(components).toEqual({
      "Points3D:positions": [
        [1, 2, 3],
        [-0.5, Math.fround(0.0045), 1e10],
      ],
    });
  });

  it("reads colours, radii and labels", () => {
    const file = ply(
      [...XYZ, ...RGB, "float radius", "list uchar uchar label"],
      2,
      "1 2 3 255 128 0 0.5 2 72 105\n4 5 6 1 2 3 7 0\n",
    );
    expect(logged(points3DFromPly(file))).toEqual({
      "Points3D:positions": [
        [1, 2, 3],
        [4, 5, 6],
      ],
      "Points3D:colors": [0xff8000ff, 0x010203ff],
      "Points3D:radii": [0.5, 7],
      "Points3D:labels": ["Hi", ""],
    });
  });

  it.each([
    ["bytes", "uchar", "10 20 30 40", 0x0a141e28],
    ["fractions", "float", "0.5 0 1 2", 0x7f00ffff],
    ["fractions of 64 bits", "double", "0.5 -1 1 1", 0x7f00ffff],
    ["wide numbers, of which the lowest bits count", "int", "300 -1 0 255", 0x2cff00ff],
  ])("reads colours of %s", (_, type, data, color) => {
    const colors = ["red", "green", "blue", "alpha"].map((name) => `${type} ${name}`);
    const points = points3DFromPly(ply([...XYZ, ...colors], 1, `0 0 0 ${data}\n`));
    expect(logged(points)["Points3D:colors"]).toEqual([color]);
  });

  it("uses z = 0 for files in 2D, which points2DFromPly reads, too", () => {
    const flat = ply(["double y", "short x"], 1, "2.5 -1\n");
    expect(logged(points3DFromPly(flat))).toEqual({ "Points3D:positions": [[-1, 2.5, 0]] });
    expect(logged(points2DFromPly(flat))).toEqual({ "Points2D:positions": [[-1, 2.5]] });
  });

  it("reads a file without points", () => {
    expect(logged(points3DFromPly(ply([...XYZ, ...RGB, "list uchar uchar label"], 0)))).toEqual({
      "Points3D:positions": [],
    });
  });

  it("reads many points", () => {
    const count = 3000;
    const lines = Array.from({ length: count }, (_, row) => `${row} 0.25 -${row}`).join("\n");
    const positions = logged(points3DFromPly(ply(XYZ, count, lines)))["Points3D:positions"] as unknown[];
    expect(positions).toHaveLength(count);
    expect(positions[2999]).toEqual([2999, 0.25, -2999]);
  });

  it.each([true, false])("reads binary data, little-endian: %s", (isLittle) => {
    const data = new DataView(new ArrayBuffer(1 + 2 * 23));
    let at = 1;
    for (const row of [0, 1]) {
      data.setFloat64(at, row + 0.5, isLittle);
      data.setInt16(at + 8, -300, isLittle);
      data.setInt32(at + 10, 70_000, isLittle);
      data.setUint8(at + 14, 2);
      data.setUint16(at + 15, 60_000, isLittle);
      data.setUint32(at + 19, 4_000_000_000, isLittle);
      at += 23;
    }
    const format = isLittle ? "binary_little_endian" : "binary_big_endian";
    const properties = ["double x", "int16 y", "int32 z", "list uint8 uint16 ignored", "uint32 radius"];
    // An element before the vertices, of one byte.
    const header = ply(properties, 2, "", format);
    const text = new TextDecoder()
      .decode(header)
      .replace("element vertex", "element other 1\nproperty char c\nelement vertex");
    expect(logged(points3DFromPly(join(new TextEncoder().encode(text), data)))).toEqual({
      "Points3D:positions": [
        [0.5, -300, 70_000],
        [1.5, -300, 70_000],
      ],
      "Points3D:radii": [4_000_000_000, 4_000_000_000],
    });
  });

  it("reads every spelling of the format", () => {
    const text = [
      "ply\r\nformat ascii 1.0\r\ncomment made by hand\r\nobj_info none\r\nelement other 1\r\nproperty list uchar int i\r\n",
      "element vertex 2\r\nproperty float32  x\r\nproperty\tfloat64 y\r\nproperty float nx\r\nend_header\r\n",
      "2 1 2\r\n\r\n  +1.  -.5\t0 surplus\r\n123456789012345678e-15 nan 0",
    ].join("");
    const { "Points2D:positions": positions } = logged(points2DFromPly(new TextEncoder().encode(text)));
    expect(positions).toEqual([
      [1, -0.5],
      [Math.fround(123.456789012345678), Number.NaN],
    ]);
  });

  it("reads any view of the bytes", () => {
    const file = ply(XYZ, 1, "1 2 3");
    const shifted = new Uint8Array(file.byteLength + 3);
    shifted.set(file, 3);
    const expected = { "Points3D:positions": [[1, 2, 3]] };
    expect(logged(points3DFromPly(shifted.subarray(3)))).toEqual(expected);
    expect(logged(points3DFromPly(new DataView(shifted.buffer, 3)))).toEqual(expected);
    expect(logged(points3DFromPly(file.buffer as ArrayBuffer))).toEqual(expected);
  });
});

describe("gaussianSplats3DFromPly", () => {
  it("converts training parameters to natural values", () => {
    const data = "1 2 3 0 0 0 0 0 0 0 2 0 0 0\n4 5 6 10 0 -10 -0.4054651 1 -1 0 0 3 0 4\n";
    const components = logged(gaussianSplats3DFromPly(splats(0, 2, data)));
    expect(components).toEqual({
      "GaussianSplats3D:centers": [
        [1, 2, 3],
        [4, 5, 6],
      ],
      "GaussianSplats3D:scales": [
        [1, 1, 1],
        [Math.fround(Math.E), Math.fround(1 / Math.E), 1],
      ],
      "GaussianSplats3D:quaternions": [
        [0, 0, 0, 1],
        [Math.fround(0.6), 0, Math.fround(0.8), 0],
      ],
      "GaussianSplats3D:colors": [0x80808080, 0xff800066],
    });
  });

  it("uses no rotation for a zero quaternion", () => {
    const components = logged(gaussianSplats3DFromPly(splats(0, 1, `${"0 ".repeat(14)}\n`)));
    expect(components["GaussianSplats3D:quaternions"]).toEqual([[0, 0, 0, 1]]);
  });

  it.each([
    ["of degree 1", 9, (channel: number, coefficient: number) => (coefficient < 3 ? channel * 3 + coefficient : 0)],
    ["of degree 3", 45, (channel: number, coefficient: number) => channel * 15 + coefficient],
    [
      "of degree 4, of which the higher ones are left out",
      72,
      (channel: number, coefficient: number) => channel * 24 + coefficient,
    ],
  ])("reads harmonics %s", (_, rest, expected) => {
    const row = [...Array.from({ length: 14 }, () => 0), ...Array.from({ length: rest }, (__, index) => index)];
    const components = logged(gaussianSplats3DFromPly(splats(rest, 1, `${row.join(" ")}\n`)));
    const harmonics = components["GaussianSplats3D:sh_coefficients"] as number[][][];
    for (const [coefficient, channels] of (harmonics[0] ?? []).entries()) {
      expect(channels).toEqual([0, 1, 2].map((channel) => expected(channel, coefficient)));
    }
    expect(harmonics[0]).toHaveLength(15);
  });

  it("drops harmonics whose number cannot be split into colours", () => {
    const components = logged(gaussianSplats3DFromPly(splats(10, 1, `${"1 ".repeat(24)}\n`)));
    expect(Object.keys(components)).not.toContain("GaussianSplats3D:sh_coefficients");
  });

  it("rounds harmonics to 16 bits", () => {
    const values = [0.1, -2.5, 1 + 2 ** -11, 1 + 3 * 2 ** -11, 65_519, 65_520, -1e9, 2 ** -24, 2 ** -15, 1e-9];
    const row = [
      ...Array.from({ length: 14 }, () => 0),
      ...Array.from({ length: 45 }, (_, index) => values[index] ?? 0),
    ];
    const components = logged(gaussianSplats3DFromPly(splats(45, 1, `${row.join(" ")}\n`)));
    const [harmonics] = components["GaussianSplats3D:sh_coefficients"] as [number[][]];
    const red = harmonics.map(([value]) => value);
    const rounded = [0.0999755859375, -2.5, 1, 1 + 2 ** -9, 65_504, Infinity, -Infinity, 2 ** -24, 2 ** -15, 0];
    expect(red.slice(0, values.length)).toEqual(rounded);
  });
});

describe("the readers of PLY files reject", () => {
  const binary = ply(XYZ, 2, "", "binary_little_endian");
  it.each([
    ["nothing", new Uint8Array(0), "begin with|has no end"],
    ["another file", new TextEncoder().encode("solid\n"), "begin with `ply`"],
    ["a header without an end", new TextEncoder().encode("ply\nformat ascii 1.0\n"), "header has no end"],
    ["no format", new TextEncoder().encode("ply\nelement vertex 1\nend_header\n"), "`format`"],
    ["an unknown format", ply(XYZ, 1, "1 2 3\n", "binary"), "format binary"],
    [
      "a property of nothing",
      new TextEncoder().encode("ply\nformat ascii 1.0\nproperty float x\n"),
      "property float x",
    ],
    ["a type like a method", ply(["constructor x", "float y"], 1, "1 2\n"), "property constructor x"],
    ["an unknown type", ply(["half x", "float y"], 1, "1 2\n"), "property half x"],
    ["no vertices", new TextEncoder().encode("ply\nformat ascii 1.0\nend_header\n"), "with vertices"],
    ["vertices without y", ply(["float x", "float z"], 1, "1 2\n"), "got `x`, `z`"],
    ["positions that are lists", ply(["list uchar float x", "float y"], 1, "1 2 3\n"), "lists in `x`"],
    ["truncated text", ply(XYZ, 2, "1 2 3\n"), "truncated"],
    ["text that is truncated within a line", ply(XYZ, 2, "1.0 2.0 3.0\n1 2"), "truncated"],
    ["a line that is too short", ply(XYZ, 2, "1.0 2.0\n1.0 2.0 3.0\n"), "a line with fewer"],
    ["a word", ply(XYZ, 1, "1 two 3\n"), '"two"'],
    ["a number too large", ply([...XYZ, ...RGB], 1, "1 2 3 256 0 0\n"), 'uint8, got "256"'],
    ["truncated binary data", join(binary, new DataView(new ArrayBuffer(23))), "truncated"],
    ["more vertices than can be", ply(XYZ, 1e11, "1 2 3\n"), "truncated"],
    ["more vertices than can be, binary", ply(XYZ, 3e9, "", "binary_big_endian"), "truncated"],
  ])("%s", (_, file, message) => {
    expect(() => points3DFromPly(file)).toThrow(TypeError);
    expect(() => points3DFromPly(file)).toThrow(new RegExp("^`ply` must be "));
    expect(() => points3DFromPly(file)).toThrow(new RegExp(message));
  });

  it("a list that ends beyond the file", () => {
    const header = ply(["float x", "float y", "list uint uchar label"], 1, "", "binary_little_endian");
    const data = new DataView(new ArrayBuffer(13));
    data.setUint32(8, 1_000_000, true);
    expect(() => points2DFromPly(join(header, data))).toThrow("truncated");
  });

  it("a list of text whose length its line does not have", () => {
    const file = ply([...XYZ, "list uint uchar label"], 1, "1 2 3 30000000 72 105\n");
    expect(() => points3DFromPly(file)).toThrow("a line with fewer");
  });

  it("reads files with any number of elements that have no properties", () => {
    const empty = "element nothing 4000000\n".repeat(200_000);
    const [x, y] = ["property float x\n", "property float y\n"];
    const header = `ply\nformat binary_little_endian 1.0\n${empty}element vertex 1\n${x}${y}end_header\n`;
    const file = join(new TextEncoder().encode(header), new DataView(new Float32Array([1, 2]).buffer));
    expect(logged(points2DFromPly(file))).toEqual({ "Points2D:positions": [[1, 2]] });
  });

  it("points in 3D as points in 2D, and points as splats", () => {
    const points = ply(XYZ, 1, "1 2 3\n");
    expect(() => points2DFromPly(points)).toThrow(
      "`ply` must be a PLY file with points in 2D, got one whose vertices have `z`",
    );
    expect(() => gaussianSplats3DFromPly(points)).toThrow("`ply` must be a PLY file with Gaussian splats");
  });

  it("values that are not bytes", () => {
    expect(() => points3DFromPly("ply" as never)).toThrow("`ply` must be bytes");
  });
});
