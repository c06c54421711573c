import { toArrayLike, wrongCount, wrongType, typedArrayName } from "@rerun-ts/core/checks";
import { FixedSizeListBuilder, PrimitiveBuilder } from "@rerun-ts/core/encode";
import type { Codec } from "../define/codec.ts";
import { bytesOfView, isNumberArray } from "./arrays.ts";

/** Numbers that are stored with 16 bits. `{ bits }` are already half floats and are copied. */
export type HalfFloatsLike = ArrayLike<number> | readonly HalfFloatsLike[] | { readonly bits: Uint16Array };

const ITEM = { type: "Float16" } as const;
const CHANNELS = 3;
const COEFFICIENTS = 15;
const RGB = { type: "FixedSizeList", size: CHANNELS, item: { name: "item", nullable: false, type: ITEM } } as const;
const ARROW = {
  type: "FixedSizeList",
  size: COEFFICIENTS,
  item: { name: "item", nullable: false, type: RGB },
} as const;

type HarmonicsBuilder = FixedSizeListBuilder<FixedSizeListBuilder<PrimitiveBuilder>>;

/** Spherical harmonics: 15 coefficients of red, green and blue for each instance. Flat or nested. */
export const sphericalHarmonics: Codec<HalfFloatsLike, HarmonicsBuilder> = {
  arrow: ARROW,
  createBuilder: () => new FixedSizeListBuilder(ARROW, new FixedSizeListBuilder(RGB, new PrimitiveBuilder(ITEM))),
  append(values, builder): void {
    const numbers = builder.item.item;
    const before = numbers.length;
    appendHalfFloats(values, numbers);
    const count = numbers.length - before;
    if (count % (CHANNELS * COEFFICIENTS) !== 0)
      throw wrongCount("15 × 3 numbers for each instance, flat or nested", `${count} numbers`);
  },
};

/** Appends all numbers of flat or nested lists. Throws `InvalidValueError`. */
export function appendHalfFloats(values: unknown, builder: PrimitiveBuilder): void {
  if (isHalfFloatArray(values)) return builder.data.pushBytes(bytesOfView(values));
  if (
    typeof values === "object" &&
    values !== null &&
    "bits" in values &&
    typedArrayName(values.bits) === "Uint16Array"
  ) {
    return builder.data.pushBytes(bytesOfView(values.bits as Uint16Array));
  }
  const list = toArrayLike(values, "numbers, flat or nested, or { bits: Uint16Array }");
  const { data } = builder;
  data.reserve(list.length * 2);
  for (let index = 0; index < list.length; index++) {
    const value = list[index];
    if (typeof value === "object" && value !== null && !isNumberArray(list)) {
      appendHalfFloats(value, builder);
      continue;
    }
    if (typeof value !== "number") throw wrongType("a number", value).atIndex(index);
    data.reserve(2);
    data.view.setUint16(data.length, toHalfFloat(value), true);
    data.length += 2;
  }
}

/** Whether the value is a `Float16Array`, which only newer runtimes have. */
function isHalfFloatArray(value: unknown): value is ArrayBufferView {
  return ArrayBuffer.isView(value) && Object.prototype.toString.call(value) === "[object Float16Array]";
}

const SCRATCH = /* @__PURE__ */ new DataView(/* @__PURE__ */ new ArrayBuffer(8));

/** Converts a number to the bits of the nearest 16-bit float, ties to even. Source: IEEE 754, binary64 to binary16. */
export function toHalfFloat(value: number): number {
  SCRATCH.setFloat64(0, value);
  const sign = (SCRATCH.getUint16(0) & 0x8000) >>> 0;
  if (Number.isNaN(value)) return sign | 0x7e00;
  const size = Math.abs(value);
  // Half-way between the largest number and the next power of two.
  if (size >= 65520) return sign | 0x7c00;
  const exponent = Math.max(-14, ((SCRATCH.getUint16(0) >> 4) & 0x7ff) - 1023);
  // In units of the last place. The division is exact, because the divisor is a power of two.
  const units = roundToEven(size / 2 ** (exponent - 10));
  // Units beyond the width of the mantissa carry into the exponent by themselves.
  return sign | (units + Math.max(0, exponent + 14) * 1024);
}

function roundToEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  return floor + (rest > 0.5 || (rest === 0.5 && floor % 2 === 1) ? 1 : 0);
}

const FLOAT = /* @__PURE__ */ new Float32Array(1);
const BITS = /* @__PURE__ */ new Uint32Array(FLOAT.buffer);

/**
 * Converts a 32-bit float to the bits of the nearest 16-bit float, ties to even: like {@link toHalfFloat}, with a fast
 * path for normal numbers. Source: IEEE 754, binary32 to binary16.
 */
export function floatToHalf(value: number): number {
  FLOAT[0] = value;
  const bits = BITS[0] as number;
  const size = bits & 0x7fffffff;
  // The 16-bit float is subnormal, infinite or NaN.
  if (size < 0x38800000 || size >= 0x47800000) return size === 0 ? bits >>> 16 : toHalfFloat(value);
  const isOdd = (size >>> 13) & 1;
  // The exponent bias differs by 112. Adding half a unit of the last place rounds. For an even unit slightly less is
  // added.
  return ((bits >>> 16) & 0x8000) | ((size - 0x38000000 + 0xfff + isOdd) >>> 13);
}
