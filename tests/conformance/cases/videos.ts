import * as rr from "@rerun-ts/node";

const SAMPLE = new Uint8Array([0, 0, 0, 1, 255]);

export function streams(rec: rr.RecordingStream): void {
  const frame = { sample: SAMPLE, isKeyframe: true, opacity: 0.1, drawOrder: -15.5 };
  rec.log("camera", new rr.VideoStream("H264", frame));
  rec.log("camera", rr.VideoStream.fromFields({ sample: SAMPLE.subarray(1), isKeyframe: false }));
  for (const codec of ["AV1", "H264", "H265", "VP8", "VP9"] as const) rec.log("codec", new rr.VideoStream(codec));
}

export function samples(rec: rr.RecordingStream): void {
  const times = rr.TimeColumn.duration("time", [0, 0.04, 0.08]);
  const sample = [SAMPLE, SAMPLE.subarray(3), new DataView(SAMPLE.buffer, 4)];
  rec.log("camera", new rr.VideoStream("VP9"), { static: true });
  rec.sendColumns("camera", times, rr.VideoStream.columns({ sample, isKeyframe: [true, false, false] }));
  rec.sendColumns("partitioned", times, rr.VideoStream.columns({ sample }).partition([1, 0, 2]));
}

export function references(rec: rr.RecordingStream): void {
  const shown = { videoReference: "/camera/front", opacity: 0.1, drawOrder: -14.5 };
  rec.log("now", new rr.VideoFrameReference({ seconds: 1.5 }, shown));
}

export function everyUnit(rec: rr.RecordingStream): void {
  for (const time of [1.5, 0.1, 1 / 3, 1e-9, 1e6, 0]) {
    rec.log("number", new rr.VideoFrameReference(time));
    rec.log("seconds", new rr.VideoFrameReference({ seconds: time }));
  }
  for (const millis of [1.5, 0.001, 40, 1e9]) rec.log("millis", new rr.VideoFrameReference({ millis }));
  for (const micros of [1.5, 40, 1e12]) rec.log("micros", new rr.VideoFrameReference({ micros }));
  for (const nanos of [1, 1_500_000_000, 2n ** 62n]) rec.log("nanos", new rr.VideoFrameReference({ nanos }));
  for (const time of [0n, -1n, 2n ** 63n - 1n]) rec.log("bigint", new rr.VideoFrameReference(time));
}

/** Half a nanosecond is rounded up, unlike in the times of rows. */
export function roundedNanoseconds(rec: rr.RecordingStream): void {
  for (const seconds of [2.5e-9, 0.5e-9, 1.5e-9, 2.4e-9, 1e-10, 0.1 + 0.2, 1234.5678912345])
    rec.log("video", new rr.VideoFrameReference({ seconds }));
}

export function columns(rec: rr.RecordingStream): void {
  const frames = rr.TimeColumn.sequence("frame", [1, 2, 3]);
  const forms: readonly rr.types.VideoTimestampsLike[] = [
    [0, 0.04, 1.5],
    new Float64Array([0, 0.04, 1.5]),
    [0n, 40_000_000n, 1_500_000_000n],
    new BigInt64Array([0n, 40_000_000n, 1_500_000_000n]),
    [{ nanos: 0 }, { millis: 40 }, { seconds: 1.5 }],
  ];
  for (const [index, timestamp] of forms.entries())
    rec.sendColumns(`${index}`, frames, rr.VideoFrameReference.columns({ timestamp }));
}
