/**
 * Sorts positions by their keys. Positions with equal keys keep their order. The function merges sorted sequences,
 * which is fast for a few of them, such as chunks whose times overlap.
 */
export function sortPositions(positions: Uint32Array, keys: Float64Array): void {
  let starts = sortedRuns(positions, keys);
  let from: Uint32Array = positions;
  let to: Uint32Array = new Uint32Array(positions.length);
  while (starts.length > 2) {
    const merged = [0];
    for (let range = 0; range + 1 < starts.length; range += 2) {
      const [start, middle, end] = [
        starts[range],
        starts[range + 1],
        starts[range + 2] ?? starts[range + 1],
      ] as number[];
      merge(keys, from, to, start as number, middle as number, end as number);
      merged.push(end as number);
    }
    starts = merged;
    [from, to] = [to, from];
  }
  if (from !== positions) positions.set(from);
}

/** Starts of sequences of sorted keys, and the end. */
function sortedRuns(positions: Uint32Array, keys: Float64Array): number[] {
  const starts = [0];
  for (let at = 1; at < positions.length; at++) {
    if ((keys[positions[at] as number] as number) < (keys[positions[at - 1] as number] as number)) starts.push(at);
  }
  starts.push(positions.length);
  return starts;
}

/** Merges the sorted positions from `start` to `middle` with those from there to `end`. */
function merge(
  keys: Float64Array,
  from: Uint32Array,
  to: Uint32Array,
  start: number,
  middle: number,
  end: number,
): void {
  let [one, two] = [start, middle];
  for (let at = start; at < end; at++) {
    const takesFirst =
      two >= end || (one < middle && (keys[from[one] as number] as number) <= (keys[from[two] as number] as number));
    to[at] = (takesFirst ? from[one++] : from[two++]) as number;
  }
}
