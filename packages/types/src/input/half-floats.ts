import { FixedSizeListBuilder, PrimitiveBuilder, toList, wrongCount, wrongType } from "@rerun-ts/core/internal";
import type { Encoding } from "../define/encoding.ts";
import { bytesOf, isNumberArray } from "./arrays.ts";

/** Numbers that are stored with 16 bits; `{ bits }` are taken as they are. */
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

/** Coefficients of spherical harmonics: 15 times red, green and blue for each instance; flat or nested. */
export const sphericalHarmonics: Encoding<HalfFloatsLike, HarmonicsBuilder> = {
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

/** Appends all numbers of flat or nested lists. Throws `InvalidValue`. */
export function appendHalfFloats(values: unknown, builder: PrimitiveBuilder): void {
  if (isHalfFloatArray(values)) return builder.data.pushBytes(bytesOf(values));
  if (typeof values === "object" && values !== null && "bits" in values && values.bits instanceof Uint16Array) {
    return builder.data.pushBytes(bytesOf(values.bits));
  }
  const list = toList(values, "numbers, flat or nested, or { bits: Uint16Array }");
  const { data } = builder;
  data.reserve(list.length * 2);
  for (let index = 0; index < list.length; index++) {
    const value = list[index];
    if (typeof value === "object" && value !== null && !isNumberArray(list)) {
      appendHalfFloats(value, builder);
      continue;
    }
    if (typeof value !== "number") throw wrongType("a number", value).at(index);
    data.reserve(2);
    data.view.setUint16(data.length, toHalfFloat(value), true);
    data.length += 2;
  }
}

/** Whether it is a typed array of 16-bit floats, which newer runtimes have. */
export function isHalfFloatArray(value: unknown): value is ArrayBufferView {
  return ArrayBuffer.isView(value) && Object.prototype.toString.call(value) === "[object Float16Array]";
}

const SCRATCH = /* @__PURE__ */ new DataView(/* @__PURE__ */ new ArrayBuffer(8));

/** The bits of the nearest 16-bit float, ties to even. Source: IEEE 754, binary64 to binary16. */
export function toHalfFloat(value: number): number {
  SCRATCH.setFloat64(0, value);
  const sign = (SCRATCH.getUint16(0) & 0x8000) >>> 0;
  if (Number.isNaN(value)) return sign | 0x7e00;
  const size = Math.abs(value);
  // Half-way between the largest number and the next power of two.
  if (size >= 65520) return sign | 0x7c00;
  const exponent = Math.max(-14, ((SCRATCH.getUint16(0) >> 4) & 0x7ff) - 1023);
  // In units of the last place; the product is exact, as both are powers of two apart.
  const units = roundToEven(size / 2 ** (exponent - 10));
  // Units beyond the width of the mantissa carry into the exponent by themselves.
  return sign | (units + Math.max(0, exponent + 14) * 1024);
}

function roundToEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  return floor + (rest > 0.5 || (rest === 0.5 && floor % 2 === 1) ? 1 : 0);
}
