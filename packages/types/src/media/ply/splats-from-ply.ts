import { InvalidValueError } from "@rerun-ts/core/checks";
import { GaussianSplats3D } from "../../gen/archetypes/gaussian-splats3d.ts";
import type { BlobLike } from "../../codecs/blobs.ts";
import { floatToHalf } from "../../codecs/half-floats.ts";
import { isSplats, verticesOf } from "./classify-ply.ts";
import { readPlyHeader, type PlyElement } from "./ply-header.ts";
import type { PlyPlan } from "./ply-reader.ts";
import { readPly, readPlyRows } from "./read-ply.ts";

/** The columns of a row, in this order. The higher harmonics follow. */
const COLUMNS = [
  ["x", "y", "z", "f_dc_0", "f_dc_1", "f_dc_2", "opacity"],
  ["scale_0", "scale_1", "scale_2", "rot_0", "rot_1", "rot_2", "rot_3"],
].flat();
const [COLOR, OPACITY, SCALE, ROTATION, HARMONICS] = [3, 6, 7, 10, 14] as const;
/** Of degrees 1 to 3. Red, green and blue each. */
const COEFFICIENTS = 15;
const CHANNELS = 3;
const { fround } = Math;
/** The harmonic of degree 0, as a 32-bit float. */
const DEGREE_0 = fround(0.5 * fround(Math.sqrt(fround(1 / fround(Math.PI)))));

/**
 * Reads the Gaussian splats of a PLY file. The format is that of the reference implementation of 3D Gaussian splatting.
 * Training parameters are converted: scales from logarithms, opacities to alpha from 0 to 255, the harmonic of degree 0
 * to the colour, and quaternions to unit length with x first. Higher harmonics (`f_rest_0` and so on) are kept up to
 * degree 3. The result is the same as with Rerun's own SDKs.
 *
 * @param ply the bytes of the file: text, or binary of either byte order
 * @throws {TypeError} if it is not a PLY file, if it is truncated, or if its vertices are not splats
 *
 * @example
 * rec.log("scene", rr.files.gaussianSplats3DFromPly(bytes));
 */
export function gaussianSplats3DFromPly(ply: BlobLike): GaussianSplats3D {
  return readPly(ply, (bytes) => {
    const header = readPlyHeader(bytes);
    const vertices = verticesOf(header);
    checkSplats(vertices);
    const plan = planOf(vertices);
    const splats = new Splats(vertices.count, plan.width > HARMONICS);
    readPlyRows(bytes, header, vertices, plan, (numbers, from, count) => {
      for (let row = 0; row < count; row++) splats.set(from + row, numbers, row * plan.width);
    });
    return splats.toArchetype();
  });
}

function checkSplats(vertices: PlyElement): void {
  const isFit = vertices.properties.every(
    ({ name, lengthType }) => lengthType === undefined || !COLUMNS.includes(name),
  );
  if (isSplats(vertices) && isFit) return;
  throw new InvalidValueError(
    "a PLY file with Gaussian splats",
    "one whose vertices lack some of their properties",
    false,
  );
}

function planOf({ properties }: PlyElement): PlyPlan {
  const rest = properties.filter(({ name }) => name.startsWith("f_rest_")).length;
  // Any other number cannot be split into three channels.
  const perChannel = rest % CHANNELS === 0 ? rest / CHANNELS : 0;
  const columns = properties.map(({ name }) => {
    const column = COLUMNS.indexOf(name);
    return column < 0 ? harmonicColumn(name, perChannel) : column;
  });
  return { columns, width: HARMONICS + (perChannel === 0 ? 0 : CHANNELS * COEFFICIENTS) };
}

/** The file stores all coefficients of red, then green, then blue. Rerun interleaves the channels. */
function harmonicColumn(name: string, perChannel: number): number | undefined {
  const index = /^f_rest_(\d+)$/.exec(name)?.[1];
  if (index === undefined || perChannel === 0) return undefined;
  const channel = Math.floor(Number(index) / perChannel);
  const coefficient = Number(index) % perChannel;
  return channel < CHANNELS && coefficient < COEFFICIENTS ? HARMONICS + CHANNELS * coefficient + channel : undefined;
}

/** The fields of the archetype, calculated with 32 bits as in the native SDKs. */
class Splats {
  readonly #centers: Float32Array;
  readonly #scales: Float32Array;
  readonly #quaternions: Float32Array;
  readonly #colors: Uint32Array;
  readonly #harmonics: Uint16Array | undefined;

  constructor(count: number, hasHarmonics: boolean) {
    this.#centers = new Float32Array(count * 3);
    this.#scales = new Float32Array(count * 3);
    this.#quaternions = new Float32Array(count * 4);
    this.#colors = new Uint32Array(count);
    if (hasHarmonics) this.#harmonics = new Uint16Array(count * CHANNELS * COEFFICIENTS);
  }

  toArchetype(): GaussianSplats3D {
    const harmonics = this.#harmonics;
    return new GaussianSplats3D(this.#centers, {
      scales: this.#scales,
      quaternions: this.#quaternions,
      colors: this.#colors,
      shCoefficients: harmonics === undefined || harmonics.length === 0 ? undefined : { bits: harmonics },
    });
  }

  /** Sets one splat from the numbers at the offset `from`. */
  set(index: number, numbers: Float64Array, from: number): void {
    for (let axis = 0; axis < 3; axis++) {
      this.#centers[index * 3 + axis] = numbers[from + axis] as number;
      this.#scales[index * 3 + axis] = Math.exp(fround(numbers[from + SCALE + axis] as number));
    }
    this.#setQuaternion(index, numbers, from + ROTATION);
    this.#colors[index] = packColor(numbers, from);
    const harmonics = this.#harmonics;
    if (harmonics === undefined) return;
    const width = CHANNELS * COEFFICIENTS;
    for (let at = 0; at < width; at++) {
      harmonics[index * width + at] = floatToHalf(numbers[from + HARMONICS + at] as number);
    }
  }

  #setQuaternion(index: number, numbers: Float64Array, from: number): void {
    const w = fround(numbers[from] as number);
    const x = fround(numbers[from + 1] as number);
    const y = fround(numbers[from + 2] as number);
    const z = fround(numbers[from + 3] as number);
    const square = fround(fround(fround(fround(w * w) + fround(x * x)) + fround(y * y)) + fround(z * z));
    const norm = fround(Math.sqrt(square));
    const at = index * 4;
    const hasLength = norm > 0;
    this.#quaternions[at] = hasLength ? x / norm : 0;
    this.#quaternions[at + 1] = hasLength ? y / norm : 0;
    this.#quaternions[at + 2] = hasLength ? z / norm : 0;
    this.#quaternions[at + 3] = hasLength ? w / norm : 1;
  }
}

function packColor(numbers: Float64Array, from: number): number {
  let packed = 0;
  for (let channel = 0; channel < CHANNELS; channel++) {
    const harmonic = fround(numbers[from + COLOR + channel] as number);
    packed = (packed << 8) | toByte(fround(0.5 + fround(DEGREE_0 * harmonic)));
  }
  const logit = fround(numbers[from + OPACITY] as number);
  return (packed << 8) | toByte(fround(1 / fround(1 + fround(Math.exp(-logit)))));
}

/** Rounds a fraction to a byte. */
function toByte(fraction: number): number {
  return fraction > 0 ? Math.trunc(fround(fround(Math.min(1, fraction) * 255) + 0.5)) : 0;
}
