const POWERS_OF_TEN = /* @__PURE__ */ Array.from({ length: 23 }, (_, power) => Number(`1e${power}`));
const MINUS = 45;
const PLUS = 43;
const POINT = 46;
const ZERO = 48;
/** More digits might not be exact. */
const MAX_DIGITS = 15;
const decoder = /* @__PURE__ */ new TextDecoder();

/**
 * Reads the decimal number from `start` to `end`, correctly rounded, or `undefined` if it is not a number. Short
 * numbers, which are nearly all, are read without creating a string, because their digits and the power of ten are both
 * exact. Source: William D. Clinger, "How to Read Floating Point Numbers Accurately".
 */
export function readDecimal(bytes: Uint8Array, start: number, end: number): number | undefined {
  const isNegative = bytes[start] === MINUS;
  let digits = 0;
  let value = 0;
  let point = end;
  let at = isNegative || bytes[start] === PLUS ? start + 1 : start;
  for (; at < end; at++) {
    const byte = bytes[at] as number;
    if (byte >= ZERO && byte <= ZERO + 9) {
      value = value * 10 + byte - ZERO;
      digits++;
    } else if (byte === POINT && point === end) {
      point = at;
    } else {
      break;
    }
  }
  const decimals = Math.max(0, at - point - 1);
  const exponent = at === end ? 0 : readExponent(bytes, at, end);
  const power = exponent - decimals;
  if (digits === 0 || digits > MAX_DIGITS || !(Math.abs(power) < POWERS_OF_TEN.length))
    return readText(bytes, start, end);
  const factor = POWERS_OF_TEN[Math.abs(power)] as number;
  value = power < 0 ? value / factor : value * factor;
  return isNegative ? -value : value;
}

/** Reads an exponent of up to three digits, such as `e-05`. `NaN` for anything else. */
function readExponent(bytes: Uint8Array, start: number, end: number): number {
  const sign = bytes[start + 1];
  const from = sign === MINUS || sign === PLUS ? start + 2 : start + 1;
  let value = 0;
  for (let at = from; at < end; at++) {
    const digit = (bytes[at] as number) - ZERO;
    if (digit < 0 || digit > 9) return Number.NaN;
    value = value * 10 + digit;
  }
  const hasMark = ((bytes[start] as number) | 32) === 101;
  if (!hasMark || from === end || end - from > 3) return Number.NaN;
  return sign === MINUS ? -value : value;
}

/** Reads numbers with many digits, infinities and NaN by way of a string. */
function readText(bytes: Uint8Array, start: number, end: number): number | undefined {
  const text = decoder.decode(bytes.subarray(start, end)).toLowerCase();
  if (/^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/.test(text)) return Number(text);
  const [, sign, word] = /^([-+]?)(nan|inf|infinity)$/.exec(text) ?? [];
  if (word === undefined) return undefined;
  if (word === "nan") return Number.NaN;
  return sign === "-" ? -Infinity : Infinity;
}
