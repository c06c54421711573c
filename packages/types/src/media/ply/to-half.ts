import { toHalfFloat } from "../../input/half-floats.ts";

const FLOAT = /* @__PURE__ */ new Float32Array(1);
const BITS = /* @__PURE__ */ new Uint32Array(FLOAT.buffer);

/**
 * The bits of the 16-bit float nearest to a 32-bit one, ties to even: like {@link toHalfFloat}, but quick for what is
 * usual. Source: IEEE 754, binary32 to binary16.
 */
export function toHalf(value: number): number {
  FLOAT[0] = value;
  const bits = BITS[0] as number;
  const size = bits & 0x7fffffff;
  // What is denormal, infinite or no number there.
  if (size < 0x38800000 || size >= 0x47800000) return size === 0 ? bits >>> 16 : toHalfFloat(value);
  const isOdd = (size >>> 13) & 1;
  // The exponent begins 112 later; half a unit of the last place is added, a little less if it is even already.
  return ((bits >>> 16) & 0x8000) | ((size - 0x38000000 + 0xfff + isOdd) >>> 13);
}
