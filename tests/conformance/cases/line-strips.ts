import * as rr from "@rerun-ts/node";

const STYLE = {
  radii: [0.1, -2],
  colors: ["red", "#00ff0080"],
  labels: ["left", "right"],
  showLabels: false,
  classIds: [1, 65535],
};

export function strips2d(rec: rr.RecordingStream): void {
  const strips = [
    [0, 0, 1, 1, 2, 0],
    [0.1, 0.2, 5, 6],
  ];
  rec.log("strips", new rr.LineStrips2D(strips, { ...STYLE, drawOrder: -1.5 }));
}

export function strips3d(rec: rr.RecordingStream): void {
  const strips = [
    [0, 0, 0, 1, 1, 1, 2, 0, 1],
    [0.1, 0.2, 0.3, 4, 5, 6],
  ];
  rec.log("strips", new rr.LineStrips3D(strips, STYLE));
}

export function oneStrip(rec: rr.RecordingStream): void {
  const flat: rr.types.LineStrips2DLike = [0, 0, 1, 1, 2, 0];
  const nested = [
    [0, 0],
    [1, 1],
    [2, 0],
  ];
  const forms: readonly rr.types.LineStrips2DLike[] = [
    flat,
    nested,
    [nested],
    [flat],
    new Float32Array(flat),
    new Float64Array(flat),
    [new Float64Array(flat)],
    nested.map((point) => new Float32Array(point)),
    nested.map(([x = 0, y = 0]) => ({ x, y })),
    [nested.map(([x = 0, y = 0]) => ({ x, y }))],
    new Set(nested),
    { points: flat, lengths: [3] },
    { points: nested, lengths: [3] },
  ];
  for (const [index, strips] of forms.entries()) rec.log(`${index}`, new rr.LineStrips2D(strips));
}

export function severalStrips(rec: rr.RecordingStream): void {
  const [one, two] = [
    [0, 0, 0, 1, 1, 1],
    [5, 5, 5, 6, 6, 6, 7, 7, 7],
  ] as const;
  const [a, b] = [nest(one), nest(two)];
  const forms: readonly rr.types.LineStrips3DLike[] = [
    [one, two],
    [a, b],
    [new Float32Array(one), new Float32Array(two)],
    [new Int16Array(one), two],
    { points: [...one, ...two], lengths: [2, 3] },
    { points: new Float32Array([...one, ...two]), lengths: new Uint32Array([2, 3]) },
    { points: [...a, ...b], lengths: [2, 3] },
  ];
  for (const [index, strips] of forms.entries()) rec.log(`${index}`, new rr.LineStrips3D(strips));
}

export function emptyStrips(rec: rr.RecordingStream): void {
  rec.log("no strips", new rr.LineStrips3D([]));
  rec.log("null", new rr.LineStrips3D(null));
  rec.log("no lengths", new rr.LineStrips3D({ points: [], lengths: [] }));
  rec.log("without points", new rr.LineStrips3D([[]]));
  rec.log("among others", new rr.LineStrips3D({ points: [1, 2, 3], lengths: [0, 1, 0] }));
}

export function columns(rec: rr.RecordingStream): void {
  const frames = rr.TimeColumn.sequence("frame", [1, 2]);
  const strips = { points: Float32Array.from({ length: 18 }, (_, index) => index), lengths: [1, 2, 3] };
  rec.sendColumns("each row", frames, rr.LineStrips3D.columns({ strips: [[[1, 2, 3]], new Float32Array(6)] }));
  rec.sendColumns("partitioned", frames, rr.LineStrips3D.columns({ strips }).partition([2, 1]));
  rec.sendColumns("flat", frames, rr.LineStrips2D.columns({ strips: { points: [1, 2, 3, 4], lengths: [1, 1] } }));
}

function nest(numbers: readonly number[]): number[][] {
  return Array.from({ length: numbers.length / 3 }, (_, index) => numbers.slice(index * 3, index * 3 + 3));
}
