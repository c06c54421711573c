// The values that are logged: the same as in peers/rerun_python.py and in rust/, so that files can be compared.

/** A well-mixed unsigned 32-bit number for each index: the finalizer of MurmurHash3. */
export function hash(index: number, seed: number): number {
  let x = (index + seed) | 0;
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return (x ^ (x >>> 16)) >>> 0;
}

/** `count` numbers from 0 to `scale`, from index `from` on. */
export function fractions(count: number, seed: number, scale = 1, from = 0): Float64Array {
  return Float64Array.from({ length: count }, (_, index) => (hash(from + index, seed) / 2 ** 32) * scale);
}

/** `count` opaque colours, 0xRRGGBBAA. */
export function opaqueColors(count: number, seed: number, from = 0): Uint32Array {
  return Uint32Array.from({ length: count }, (_, index) => hash(from + index, seed) | 0xff);
}

/** An RGB image with slopes and the noise of a camera. */
export function cameraImage(width: number, height: number, frame: number): Uint8Array {
  const bytes = new Uint8Array(width * height * 3);
  let at = 0;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      for (let channel = 0; channel < 3; channel++, at++) {
        bytes[at] = (((x + y) >> 2) + channel * 85) ^ (hash(frame * bytes.length + at, 8) & 3);
      }
    }
  }
  return bytes;
}

/** A line of a log, 80 characters. */
export function logLine(index: number): string {
  const number = hash(index, 11);
  const padded = (value: number, length: number): string => String(value).padStart(length, "0");
  const goal = number.toString(16).padStart(8, "0");
  return (
    `[${padded(index, 8)}] planner: state=TRACKING latency=${padded(number % 1000, 3)}us ` +
    `queue=${padded(number % 17, 2)} goal=${goal} status=ok`
  );
}

/** Cuts a typed array into pieces of `width` values each, which share its memory. */
export function pieces<Values extends TypedArray>(values: Values, width: number): Values[] {
  return Array.from(
    { length: values.length / width },
    (_, index) => values.subarray(index * width, (index + 1) * width) as Values,
  );
}

type TypedArray = Float32Array | Float64Array | Uint32Array | BigInt64Array;
