/** The number of leading positions for which `isBefore` holds, of `length` positions: it holds for none behind them. */
export function upperBound(length: number, isBefore: (position: number) => boolean): number {
  let [low, high] = [0, length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (isBefore(middle)) low = middle + 1;
    else high = middle;
  }
  return low;
}
