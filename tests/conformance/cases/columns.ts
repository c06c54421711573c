import * as rr from "@rerun-ts/node";

const FRAMES = rr.TimeColumn.sequence("frame", [1, 2, 3]);

export function oneInstancePerRow(rec: rr.RecordingStream): void {
  rec.sendColumns("numbers", FRAMES, rr.Scalars.columns({ scalars: [1.5, 2.5, 3.5] }));
  rec.sendColumns("typed", FRAMES, rr.Scalars.columns({ scalars: new Float64Array([1, 2, 3]) }));
  rec.sendColumns(
    "vectors",
    FRAMES,
    rr.Points3D.columns({
      positions: [
        [1, 2, 3],
        [4, 5, 6],
        [7, 8, 9],
      ],
    }),
  );
  rec.sendColumns("flat vectors", FRAMES, rr.Points3D.columns({ positions: new Float32Array(9).fill(0.5) }));
  rec.sendColumns("texts", FRAMES, rr.TextLog.columns({ text: ["a", "b", "c"], level: ["INFO", "WARN", "INFO"] }));
}

export function partitioned(rec: rr.RecordingStream): void {
  const positions = new Float32Array(18).map((_, index) => index);
  rec.sendColumns("points", FRAMES, rr.Points3D.columns({ positions }).partition([1, 2, 3]));
  rec.sendColumns("gaps", FRAMES, rr.Points3D.columns({ positions, radii: [1, 2, 3, 4, 5, 6] }).partition([0, 6, 0]));
  rec.sendColumns(
    "typed lengths",
    FRAMES,
    rr.Scalars.columns({ scalars: [1, 2, 3, 4] }).partition(new Uint32Array([2, 1, 1])),
  );
  rec.sendColumns("texts", FRAMES, rr.Points3D.columns({ labels: ["a", "b", "c", "d"] }).partition([3, 0, 1]));
  rec.sendColumns("nothing at all", FRAMES, rr.Points3D.columns({ positions: [] }).partition([0, 0, 0]));
}

export function severalArchetypes(rec: rr.RecordingStream): void {
  rec.sendColumns("cloud", rr.TimeColumn.duration("time", [0, 0.5, 1]), [
    rr.Points3D.columns({ positions: new Float32Array(18) }).partition([1, 2, 3]),
    rr.Points3D.columns({ colors: ["red", "lime", "blue"] }),
    rr.Scalars.columns({ scalars: [1, 2, 3] }),
    rr.TextLog.columns({ text: ["a", "b", "c"] }),
  ]);
}

export function everyKindOfTime(rec: rr.RecordingStream): void {
  const columns = rr.Scalars.columns({ scalars: [1, 2, 3] });
  const times = [
    rr.TimeColumn.timestamp("date", [new Date(0), new Date(1_700_000_000_123), new Date(-1)]),
    rr.TimeColumn.sequence("sequence", [3n, -2, 2 ** 40]),
    rr.TimeColumn.sequence("int32", new Int32Array([-5, 0, 5])),
    rr.TimeColumn.sequence("int64", new BigInt64Array([-(2n ** 62n), 0n, 2n ** 62n])),
    rr.TimeColumn.duration("seconds", [0, 0.25, 2.5e-9]),
    rr.TimeColumn.duration("bigint", [1n, 2n, 3n]),
    rr.TimeColumn.duration("millis", [1, 2.5, 3], "millis"),
    rr.TimeColumn.duration("micros", new Float64Array([1, 2.5, 3]), "micros"),
    rr.TimeColumn.timestamp("timestamp", [1_700_000_000, 1_700_000_000.5, -1]),
    rr.TimeColumn.timestamp("nanos", new BigInt64Array([1n, 2n, -3n]), "nanos"),
    rr.TimeColumn.timestamp("milliseconds", [1_700_000_000_123, 0, -1], "millis"),
  ];
  rec.sendColumns("all", times, columns);
  for (const time of times) rec.sendColumns(time.name, time, columns);
}

/** Without the smallest integer: Python writes it unchanged, although it marks static data. */
export function limitsOfTime(rec: rr.RecordingStream): void {
  const times = [2n ** 63n - 1n, 0n, -(2n ** 63n) + 1n];
  const columns = rr.Scalars.columns({ scalars: [1, 2, 3] });
  rec.sendColumns("list", rr.TimeColumn.sequence("frame", times), columns);
  rec.sendColumns("typed", rr.TimeColumn.sequence("frame", new BigInt64Array(times)), columns);
}

/** Rows are sorted by their timelines, in the order of the names of these. */
export function timesThatGoBack(rec: rr.RecordingStream): void {
  const frames = rr.TimeColumn.sequence("frame", [3, 1, 2]);
  const elapsed = rr.TimeColumn.duration("elapsed", [1, 1, 0.5]);
  const columns = rr.Scalars.columns({ scalars: [1, 2, 3] });
  rec.sendColumns("one", frames, columns);
  rec.sendColumns("two", [frames, elapsed], columns);
  rec.sendColumns("equal", rr.TimeColumn.sequence("frame", [1, 0, 1]), columns);
  rec.sendColumns("around zero", rr.TimeColumn.sequence("frame", [1n, -(2n ** 40n), -1n]), columns);
}

export function sortedRowsOfEveryKind(rec: rr.RecordingStream): void {
  const times = rr.TimeColumn.sequence("frame", [2, 3, 1]);
  rec.sendColumns("points", times, [
    rr.Points3D.columns({ positions: new Float32Array(18).map((_, index) => index) }).partition([1, 2, 3]),
    rr.Points3D.columns({ labels: ["a", "bc", "", "d"] }).partition([3, 0, 1]),
    rr.Points3D.columns({ showLabels: [true, false, true], classIds: [1, 2, 3] }),
    rr.Transform3D.columns({ rotationAxisAngle: [1, 2, 3].map((angle) => ({ axis: [angle, 0, 0], angle })) }),
  ]);
  const buffer = [new Uint8Array([1, 2]), new Uint8Array([3]), new Uint8Array(0)];
  const format = [
    { width: 2, height: 1, colorModel: 1 },
    { width: 1, height: 1, pixelFormat: 26 },
    { width: 0, height: 0 },
  ];
  rec.sendColumns("images", times, rr.Image.columns({ buffer, format }));
}

export function withoutTimes(rec: rr.RecordingStream): void {
  rec.sendColumns(
    "one row",
    [],
    rr.Points3D.columns({
      positions: [
        [1, 2, 3],
        [4, 5, 6],
      ],
    }).partition([2]),
  );
  rec.sendColumns("several rows", [], rr.Scalars.columns({ scalars: [1, 2, 3] }));
}

/** Neither current times nor `log_time` are added. */
export function ignoreTheCurrentTime(rec: rr.RecordingStream): void {
  rec.setTime("step", 7);
  rec.sendColumns("numbers", FRAMES, rr.Scalars.columns({ scalars: [1, 2, 3] }));
  rec.log("numbers", new rr.Scalars(4));
}

export function amongRows(rec: rr.RecordingStream): void {
  for (let round = 0; round < 20; round++) {
    rec.setTime("frame", round * 10);
    rec.log("numbers", new rr.Scalars(round));
    const frames = rr.TimeColumn.sequence("frame", [round * 10 + 1, round * 10 + 2]);
    rec.sendColumns("numbers", frames, rr.Scalars.columns({ scalars: [0.25, 0.5] }));
  }
}

/** The times of a view are constant columns. */
export function ofAView(rec: rr.RecordingStream): void {
  rec.setTime("step", 7);
  const at = rec.at({ run: 3, when: new Date(1000) });
  at.sendColumns("numbers", FRAMES, rr.Scalars.columns({ scalars: [1, 2, 3] }));
}

export function manyRows(rec: rr.RecordingStream): void {
  const frames = Int32Array.from({ length: 5000 }, (_, index) => index);
  const scalars = Float64Array.from(frames, (frame) => frame / 3);
  rec.sendColumns("wave", rr.TimeColumn.sequence("frame", frames), rr.Scalars.columns({ scalars }));
}

export function spatialArchetypes(rec: rr.RecordingStream): void {
  const vectors = [
    [1, 2, 3],
    [4, 5, 6],
    [7, 8, 9],
  ];
  rec.sendColumns(
    "boxes",
    FRAMES,
    rr.Boxes3D.columns({ halfSizes: vectors, fillMode: ["Solid", 1, "DenseWireframe"] }),
  );
  rec.sendColumns(
    "transforms",
    FRAMES,
    rr.Transform3D.columns({
      translation: vectors,
      quaternion: [
        [0, 0, 0, 1],
        [1, 0, 0, 0],
        [0, 1, 0, 0],
      ],
      rotationAxisAngle: vectors.map((axis, index) => ({ axis, angle: index })),
      mat3x3: [vectors, vectors, vectors],
      scale: vectors,
      relation: ["ParentFromChild", "ChildFromParent", "ParentFromChild"],
      childFrame: ["a", "b", "c"],
    }),
  );
  rec.sendColumns(
    "cameras",
    FRAMES,
    rr.Pinhole.columns({ imageFromCamera: [vectors, vectors, vectors], resolution: new Float32Array(6).fill(8) }),
  );
}

export function images(rec: rr.RecordingStream): void {
  const buffer = [new Uint8Array([1, 2]), new Uint8Array([3, 4]), new Uint8Array(0)];
  const format = [1, 2, 0].map((width) => ({ width, height: 1, colorModel: "L", channelDatatype: "U8" }) as const);
  rec.sendColumns("images", FRAMES, rr.Image.columns({ buffer, format, opacity: [0.1, 0.2, 0.3] }));
}

export function otherArchetypes(rec: rr.RecordingStream): void {
  rec.sendColumns("clear", FRAMES, rr.Clear.columns({ isRecursive: [true, false, true] }));
  rec.sendColumns("document", FRAMES, rr.TextDocument.columns({ text: ["a", "", "😀"] }));
  rec.sendColumns("info", FRAMES, rr.RecordingInfo.columns({ name: ["a", "b", "c"], startTime: [1n, 2n, 3n] }));
}
