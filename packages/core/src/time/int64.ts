import { outOfRange } from "../checks/invalid-value-error.ts";

/** A signed 64-bit integer in two halves, so that a logging call allocates no `BigInt`. */
export interface Int64 {
  /** The low 32 bits, unsigned. */
  lo: number;
  /** The high 32 bits, signed. */
  hi: number;
}

const TWO_32 = 4294967296;
const TWO_63 = 9223372036854775808;
const MAX_BIGINT = 9223372036854775807n;
/** The smallest value. It marks static data in Rerun, so {@link clampReserved} excludes it from times. */
const MIN_BIGINT = -9223372036854775808n;
const RANGE = "within the range of a signed 64-bit integer";

/** Stores an integer. @throws {InvalidValueError} if the value does not fit 64 bits */
export function setNumber(out: Int64, value: number): void {
  if ((value | 0) === value) {
    out.lo = value >>> 0;
    out.hi = value >> 31;
    return;
  }
  if (!(value >= -TWO_63 && value < TWO_63)) throw outOfRange(RANGE, value);
  out.lo = value >>> 0;
  out.hi = Math.floor(value / TWO_32) | 0;
}

/** Stores a bigint. @throws {InvalidValueError} if the value does not fit 64 bits */
export function setBigInt(out: Int64, value: bigint): void {
  if (value < MIN_BIGINT || value > MAX_BIGINT) throw outOfRange(RANGE, value);
  out.lo = Number(BigInt.asUintN(32, value));
  out.hi = Number(BigInt.asIntN(32, value >> 32n));
}

/**
 * Stores `value * factor` exactly.
 *
 * @param value a safe integer
 * @param factor an integer of at most 1e9
 * @throws {InvalidValueError} if the product does not fit 64 bits
 */
export function setScaled(out: Int64, value: number, factor: number): void {
  if (Math.abs(value) * factor >= TWO_63) throw outOfRange(`${RANGE} in nanoseconds`, value);
  const magnitude = Math.abs(value);
  const high = Math.floor(magnitude / TWO_32) * factor;
  const low = magnitude >>> 0;
  // With two pieces of 16 bits every product stays below 2^53.
  const piece0 = (low & 0xffff) * factor;
  const piece1 = (low >>> 16) * factor + Math.floor(piece0 / 65536);
  out.lo = ((piece1 % 65536) * 65536 + (piece0 % 65536)) >>> 0;
  out.hi = (high + Math.floor(piece1 / 65536)) | 0;
  if (value < 0) negate(out);
}

/** Stores a wall-clock time in nanoseconds since 1970. @param epochMs the time in milliseconds, with a fraction */
export function setEpochMs(out: Int64, epochMs: number): void {
  const whole = Math.floor(epochMs);
  setScaled(out, whole, 1e6);
  addNumber(out, out, Math.floor((epochMs - whole) * 1e6));
}

/** Replaces the reserved value, i64::MIN, by the next larger one, as Rerun's own writers do. */
export function clampReserved(out: Int64): void {
  if (out.lo === 0 && out.hi === -2147483648) out.lo = 1;
}

/** Converts the value to a bigint. */
export function toBigInt(value: Int64): bigint {
  return (BigInt(value.hi) << 32n) | BigInt(value.lo);
}

/** Stores `base + delta`. `delta` is a non-negative integer below 2^53. The sum wraps around on overflow. */
export function addNumber(out: Int64, base: Int64, delta: number): void {
  const low = base.lo + delta;
  out.lo = low >>> 0;
  out.hi = (base.hi + Math.floor(low / TWO_32)) | 0;
}

function negate(out: Int64): void {
  out.lo = (~out.lo + 1) >>> 0;
  out.hi = (~out.hi + (out.lo === 0 ? 1 : 0)) | 0;
}
