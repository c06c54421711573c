import * as rr from "@rerun-ts/node";

const SIZE = { width: 3, height: 2 };
const NUMBERS = [0, 1, 2, 3, 4, 5];

export function allFields(rec: rr.RecordingStream): void {
  const depth = { data: new Uint16Array(NUMBERS), ...SIZE };
  rec.log(
    "depth",
    new rr.DepthImage(depth, {
      meter: 1000,
      colormap: "Turbo",
      depthRange: [0.1, 5],
      pointFillRatio: 0.1,
      drawOrder: -20.5,
      magnificationFilter: "Linear",
    }),
  );
  const classes = { data: new Uint8Array(NUMBERS), ...SIZE };
  rec.log("classes", new rr.SegmentationImage(classes, { opacity: 0.1, drawOrder: 0.5 }));
}

export function everyKindOfArray(rec: rr.RecordingStream): void {
  const bigints = NUMBERS.map(BigInt);
  const integers = {
    uint8: new Uint8Array(NUMBERS),
    int8: new Int8Array(NUMBERS),
    uint16: new Uint16Array(NUMBERS),
    int16: new Int16Array(NUMBERS),
    uint32: new Uint32Array(NUMBERS),
    int32: new Int32Array(NUMBERS),
    uint64: new BigUint64Array(bigints),
    int64: new BigInt64Array(bigints),
  };
  const floats = { float32: new Float32Array(NUMBERS), float64: new Float64Array(NUMBERS) };
  for (const [path, data] of Object.entries({ ...integers, ...floats })) {
    rec.log(`depth/${path}`, new rr.DepthImage({ data, ...SIZE }));
    rec.log(`classes/${path}`, new rr.SegmentationImage({ data, ...SIZE }));
  }
}

/** Node 20 has no array of 16-bit floats. */
export function halfFloats(rec: rr.RecordingStream): void {
  const buffer = new Uint16Array([0, 0x3c00, 0xbc00, 0x0001, 0x7bff, 0x3555]);
  const format = { ...SIZE, channelDatatype: "F16" } as const;
  rec.log("depth", rr.DepthImage.fromFields({ buffer, format }));
}
