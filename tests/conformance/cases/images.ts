import * as rr from "@rerun-ts/node";

const WIDTH = 3;
const HEIGHT = 2;

function numbersFor(channels: number): number[] {
  return Array.from({ length: WIDTH * HEIGHT * channels }, (_, index) => index);
}

function logImage(
  rec: rr.RecordingStream,
  path: string,
  data: rr.types.BlobLike,
  options?: Partial<rr.types.RasterLike>,
): void {
  rec.log(path, new rr.Image({ data, width: WIDTH, height: HEIGHT, ...options }));
}

export function allFields(rec: rr.RecordingStream): void {
  const picture = { data: new Uint8Array(numbersFor(3)), width: WIDTH, height: HEIGHT };
  rec.log("image", new rr.Image(picture, { opacity: 0.5, drawOrder: -7.5, magnificationFilter: "Linear" }));
}

export function everyColorModel(rec: rr.RecordingStream): void {
  logImage(rec, "grey by itself", new Uint8Array(numbersFor(1)));
  logImage(rec, "RGB by itself", new Uint8Array(numbersFor(3)));
  logImage(rec, "RGBA by itself", new Uint8Array(numbersFor(4)));
  logImage(rec, "L", new Uint8Array(numbersFor(1)), { colorModel: "L" });
  for (const colorModel of ["RGB", "BGR"] as const)
    logImage(rec, colorModel, new Uint8Array(numbersFor(3)), { colorModel });
  for (const colorModel of ["RGBA", "BGRA"] as const)
    logImage(rec, colorModel, new Uint8Array(numbersFor(4)), { colorModel });
}

export function everyKindOfArray(rec: rr.RecordingStream): void {
  const numbers = numbersFor(1);
  const bigints = numbers.map(BigInt);
  const arrays = {
    u8: new Uint8Array(numbers),
    i8: new Int8Array(numbers),
    u16: new Uint16Array(numbers),
    i16: new Int16Array(numbers),
    u32: new Uint32Array(numbers),
    i32: new Int32Array(numbers),
    u64: new BigUint64Array(bigints),
    i64: new BigInt64Array(bigints),
    f32: new Float32Array(numbers),
    f64: new Float64Array(numbers),
  };
  for (const [path, data] of Object.entries(arrays)) logImage(rec, path, data);
  logImage(rec, "RGB of floats", new Float32Array(numbersFor(3)));
}

/** The image types of the platform and of libraries. */
export function foreignForms(rec: rr.RecordingStream): void {
  logImage(rec, "ImageData", new Uint8ClampedArray(numbersFor(4)));
  logImage(rec, "ArrayBuffer", new Uint8Array(numbersFor(3)).buffer);
  logImage(rec, "part of a buffer", new Uint8Array([99, ...numbersFor(3), 99]).subarray(1, -1));
  rec.log("sharp", new rr.Image({ data: Buffer.from(numbersFor(3)), width: WIDTH, height: HEIGHT, channels: 3 }));
}

/** Bytes per pixel in sixths, for a width and a height that suit all formats. */
const PIXEL_FORMATS = {
  Y_U_V12_LimitedRange: 9,
  NV12: 9,
  YUY2: 12,
  Y8_FullRange: 6,
  Y_U_V24_LimitedRange: 18,
  Y_U_V24_FullRange: 18,
  Y8_LimitedRange: 6,
  Y_U_V12_FullRange: 9,
  Y_U_V16_LimitedRange: 12,
  Y_U_V16_FullRange: 12,
  BayerRGGB8: 6,
  BayerBGGR8: 6,
  BayerGBRG8: 6,
  BayerGRBG8: 6,
} as const;

export function everyPixelFormat(rec: rr.RecordingStream): void {
  for (const [format, sixths] of Object.entries(PIXEL_FORMATS)) {
    const pixelFormat = format as keyof typeof PIXEL_FORMATS;
    rec.log(format, new rr.Image({ data: new Uint8Array(4 * sixths), width: 6, height: 4, pixelFormat }));
  }
}

export function formatsByNumber(rec: rr.RecordingStream): void {
  const buffer = new Uint8Array(numbersFor(4));
  const size = { width: WIDTH, height: HEIGHT };
  for (const colorModel of [1, 2, 3, 4, 5]) {
    rec.log("color model", rr.Image.fromFields({ buffer, format: { ...size, colorModel, channelDatatype: 6 } }));
  }
  for (const channelDatatype of [6, 7, 8, 9, 10, 11, 12, 13, 33, 34, 35]) {
    rec.log("channel datatype", rr.Image.fromFields({ buffer, format: { ...size, colorModel: 1, channelDatatype } }));
  }
  for (const pixelFormat of [20, 26, 27, 30, 39, 40, 41, 44, 49, 50, 128, 129, 130, 131]) {
    rec.log("pixel format", rr.Image.fromFields({ buffer, format: { ...size, pixelFormat } }));
  }
}

export function formatsByName(rec: rr.RecordingStream): void {
  const buffer = new Uint8Array(WIDTH * HEIGHT * 2);
  const size = { width: WIDTH, height: HEIGHT };
  rec.log("half floats", rr.Image.fromFields({ buffer, format: { ...size, colorModel: "L", channelDatatype: "F16" } }));
  rec.log("size alone", rr.Image.fromFields({ buffer, format: size }));
}

export function everyFilter(rec: rr.RecordingStream): void {
  const picture = { data: new Uint8Array(numbersFor(1)), width: WIDTH, height: HEIGHT };
  for (const magnificationFilter of ["Nearest", "Linear", "Bicubic"] as const) {
    rec.log("by name", new rr.Image(picture, { magnificationFilter }));
  }
  for (const magnificationFilter of [1, 2, 3]) rec.log("by number", new rr.Image(picture, { magnificationFilter }));
}

export function largeImage(rec: rr.RecordingStream): void {
  const data = Uint8Array.from({ length: 640 * 480 * 3 }, (_, index) => (index * index) % 251);
  rec.log("image", new rr.Image({ data, width: 640, height: 480 }));
}
