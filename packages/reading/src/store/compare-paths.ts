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
  return first.length - second.length || compareCodeUnits(a, b);
}

function compareTokens(a: string, b: string): number {
  if (/^\d/.test(a) && /^\d/.test(b)) return compareNumbers(a, b);
  return compareCodeUnits(a.toLowerCase(), b.toLowerCase()) || compareCodeUnits(a, b);
}

function compareNumbers(a: string, b: string): number {
  const difference = BigInt(a) - BigInt(b);
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

/** Compares strings by their code units. */
export function compareCodeUnits(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
