import * as rr from "@rerun-ts/node";

const NUMBERS = [0, 1, 2, 3, 4, 5];

export function allFields(rec: rr.RecordingStream): void {
  const data = { data: new Uint8Array(NUMBERS), shape: [2, 3], dimNames: ["height", "größe"] };
  rec.log("tensor", new rr.Tensor(data, { valueRange: [0, 0.1] }));
  const chart = { abscissa: { data: new Uint16Array([1, 2, 3]) }, widths: [0.1, 1, 2], color: "red" };
  rec.log("chart", new rr.BarChart(new Float32Array([0.1, 2, -3]), chart));
}

const ARRAYS = {
  uint8: new Uint8Array([0, 1, 255]),
  uint16: new Uint16Array([0, 1, 65535]),
  uint32: new Uint32Array([0, 1, 2 ** 32 - 1]),
  uint64: new BigUint64Array([0n, 1n, 2n ** 64n - 1n]),
  int8: new Int8Array([-128, -1, 127]),
  int16: new Int16Array([-32768, -1, 32767]),
  int32: new Int32Array([-(2 ** 31), -1, 2 ** 31 - 1]),
  int64: new BigInt64Array([-(2n ** 63n), -1n, 2n ** 63n - 1n]),
  float32: new Float32Array([0.1, -0, Infinity]),
  float64: new Float64Array([0.1, -0, -Infinity]),
};

export function everyKindOfArray(rec: rr.RecordingStream): void {
  for (const [path, data] of Object.entries(ARRAYS)) {
    rec.log(path, new rr.Tensor(data));
    rec.log(path, new rr.Tensor({ data }));
    rec.log(path, new rr.Tensor({ data, shape: [1, 3, 1] }));
    rec.log(`${path}/bars`, new rr.BarChart(data));
  }
}

/** Plain numbers are stored with the given data type. */
export function everyElementType(rec: rr.RecordingStream): void {
  for (const [name, array] of Object.entries(ARRAYS)) {
    const elementType = name
      .replace("uint", "U")
      .replace("int", "I")
      .replace("float", "F") as rr.types.TensorElementType;
    const data = Array.from<number | bigint>(array) as number[];
    rec.log(name, new rr.Tensor({ data, elementType }));
  }
  rec.log("float16", new rr.Tensor({ data: [0.1, -0, 1e-7, Infinity, 65519, 2049], elementType: "F16" }));
  rec.log("float16", new rr.Tensor({ data: new Float32Array([0.1, 1 / 3]), elementType: "F16", dimNames: ["x"] }));
  rec.log("float32", new rr.Tensor({ data: new Float64Array([0.1, 1 / 3]), elementType: "F32" }));
}

export function nestedLists(rec: rr.RecordingStream): void {
  const rows = [
    [0.5, 1, 2],
    [3, 4, 5],
  ];
  rec.log("one dimension", new rr.Tensor([0.5, 1, 2]));
  rec.log("two", new rr.Tensor(rows));
  rec.log("three", new rr.Tensor([rows, rows]));
  rec.log("of typed arrays", new rr.Tensor(rows.map((row) => new Float32Array(row))));
  rec.log(
    "bigints",
    new rr.Tensor([
      [1n, -2n],
      [2n ** 60n, 0n],
    ] as const),
  );
  rec.log("bars", new rr.BarChart([0.5, 1, 2], { abscissa: [0, 0.1, 0.2] }));
}

export function shapes(rec: rr.RecordingStream): void {
  rec.log("scalar", new rr.Tensor({ data: new Float32Array(1), shape: [] }));
  rec.log("empty", new rr.Tensor({ data: new Uint8Array(0), shape: [0, 3] }));
  rec.log("nothing", new rr.Tensor(new Uint8Array(0)));
  rec.log("typed shape", new rr.Tensor({ data: new Uint8Array(6), shape: new Uint32Array([3, 2]) }));
  rec.log(
    "five dimensions",
    new rr.Tensor({ data: new Int16Array(16), shape: [2, 2, 1, 2, 2], dimNames: ["a", "b", "c", "d", "e"] }),
  );
  rec.log("names that are empty", new rr.Tensor({ data: [1], dimNames: [""] }));
  rec.log(
    "large",
    new rr.Tensor({ data: Uint16Array.from({ length: 30_000 }, (_, index) => index), shape: [300, 100] }),
  );
}

export function columns(rec: rr.RecordingStream): void {
  const frames = rr.TimeColumn.sequence("frame", [1, 2, 3]);
  const data = [
    { data: new Uint8Array(NUMBERS), shape: [2, 3], dimNames: ["a", "b"] },
    { data: new Float32Array([0.1]) },
    { data: new Uint8Array([7]), shape: [1, 1] },
  ];
  rec.sendColumns("each row", frames, rr.Tensor.columns({ data, valueRange: [0, 1, 2, 3, 4, 5] }));
  rec.sendColumns("partitioned", frames, rr.Tensor.columns({ data }).partition([2, 0, 1]));
}

export function volumes(rec: rr.RecordingStream): void {
  const values = { data: Float32Array.from({ length: 24 }, (_, index) => index / 7), shape: [2, 3, 4] };
  const volume = new rr.Volume3D(values, {
    voxelSize: [0.1, 0.2, 0.3],
    translation: [1, 2, 0.1],
    quaternion: { x: 0, y: 0, z: 0.1, w: 0.9 },
    valueRange: [0, 0.1],
    gamma: 2.2,
    colormap: "Spectral",
    opticalDensity: 0.5,
  });
  rec.log("volume", volume);
}
