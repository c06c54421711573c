/** Times of repeated runs, in the unit of the measurement. */
export interface Times {
  readonly least: number;
  readonly median: number;
}

export function timesOf(values: readonly number[]): Times {
  const sorted = values.toSorted((a, b) => a - b);
  return { least: sorted[0] ?? NaN, median: sorted[sorted.length >> 1] ?? NaN };
}
