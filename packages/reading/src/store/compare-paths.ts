import { compareStrings } from "@rerun-ts/core/util";

/** Compares the parts of paths in the order of Rerun's lists: part by part, each in natural order. */
export function comparePaths(first: readonly string[], second: readonly string[]): number {
  for (let index = 0; index < Math.min(first.length, second.length); index++) {
    const order = compareParts(first[index] as string, second[index] as string);
    if (order !== 0) return order;
  }
  return first.length - second.length;
}

/** Reserved parts come last. Digits are compared as numbers, and letters first without regard to case. */
function compareParts(a: string, b: string): number {
  const reserved = Number(a.startsWith("__")) - Number(b.startsWith("__"));
  if (reserved !== 0) return reserved;
  const first = a.match(/\d+|\D/gu) ?? [];
  const second = b.match(/\d+|\D/gu) ?? [];
  for (let index = 0; index < Math.min(first.length, second.length); index++) {
    const order = compareTokens(first[index] as string, second[index] as string);
    if (order !== 0) return order;
  }
  return first.length - second.length || compareStrings(a, b);
}

function compareTokens(a: string, b: string): number {
  if (/^\d/.test(a) && /^\d/.test(b)) return compareNumbers(a, b);
  return compareStrings(a.toLowerCase(), b.toLowerCase()) || compareStrings(a, b);
}

function compareNumbers(a: string, b: string): number {
  const difference = BigInt(a) - BigInt(b);
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}
