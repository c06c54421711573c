import * as rr from "@rerun-ts/node";

const NUMBERS_PER_SPLAT = 45;

export function allFields(rec: rr.RecordingStream): void {
  const splats = new rr.GaussianSplats3D([1, 2, 3, -0.1, 5.5, 6], {
    scales: [0.1, 0.2, 0.3, 1, 2, 3],
    quaternions: [0, 0, 0, 1, 0.5, -0.5, 0.5, 0.5],
    colors: ["#ff000080", "blue"],
    shCoefficients: Float32Array.from({ length: 2 * NUMBERS_PER_SPLAT }, (_, index) => index / 7 - 3),
    sphericalHarmonicsDegree: 3,
  });
  rec.log("splats", splats);
}

export function formsOfCoefficients(rec: rr.RecordingStream): void {
  const flat = Array.from({ length: NUMBERS_PER_SPLAT }, (_, index) => index / 64);
  const nested = Array.from({ length: 15 }, (_, index) => flat.slice(index * 3, index * 3 + 3));
  const forms: readonly rr.types.HalfFloatsLike[] = [
    flat,
    nested,
    [nested],
    [new Float64Array(flat)],
    new Float32Array(flat),
    nested.map((rgb) => new Float32Array(rgb)),
  ];
  for (const [index, shCoefficients] of forms.entries())
    rec.log(`${index}`, new rr.GaussianSplats3D([0, 0, 0], { shCoefficients }));
}

export function halfFloats(rec: rr.RecordingStream): void {
  const special = [65504, 65519.99, 65520, 1e5, 2 ** -24, 2 ** -25, 2.9802323e-8, 1e-8, 2 ** -14, 6.1e-5, 2049, 2051];
  logCoefficients(rec, "special", [0, -0, Infinity, -Infinity, ...special, ...special.map((number) => -number)]);
  for (let exponent = -27; exponent <= 17; exponent++) {
    const numbers = Array.from({ length: 450 }, (_, index) => 2 ** exponent * (1 + index / 450));
    logCoefficients(rec, "float64", numbers);
    logCoefficients(rec, "float32", new Float32Array(numbers));
  }
}

/** Half floats whose bits are stored unchanged. */
export function bits(rec: rr.RecordingStream): void {
  const finite = Uint16Array.from({ length: 62 * 1024 }, (_, index) => (index < 31744 ? index : index - 31744 + 32768));
  logCoefficients(rec, "all finite numbers", { bits: finite.subarray(0, 1410 * NUMBERS_PER_SPLAT) });
}

export function columns(rec: rr.RecordingStream): void {
  const frames = rr.TimeColumn.sequence("frame", [1, 2]);
  const shCoefficients = Float32Array.from({ length: 3 * NUMBERS_PER_SPLAT }, (_, index) => index / 64);
  const centers = new Float32Array(9);
  rec.sendColumns("splats", frames, rr.GaussianSplats3D.columns({ centers, shCoefficients }).partition([1, 2]));
}

function logCoefficients(rec: rr.RecordingStream, path: string, numbers: rr.types.HalfFloatsLike): void {
  const isBits = "bits" in numbers;
  const count = isBits ? numbers.bits.length : numbers.length;
  const rest = Math.ceil(count / NUMBERS_PER_SPLAT) * NUMBERS_PER_SPLAT - count;
  const shCoefficients = isBits ? numbers : [numbers, Array.from({ length: rest }, () => 0)];
  rec.log(path, new rr.GaussianSplats3D([0, 0, 0], { shCoefficients }));
}
