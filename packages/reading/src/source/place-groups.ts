/** Bytes of a source. */
export interface Place {
  readonly offset: number;
  readonly length: number;
}

/** Places of a source that are read together. */
export interface PlaceGroup<T> {
  readonly items: readonly T[];
  readonly start: number;
  readonly length: number;
}

/** The default of the maximum gap between places that are read together, in bytes. */
const MAX_GAP = 64 * 1024;

/**
 * Groups what is at neighbouring places of a source, for common reads.
 *
 * @param sorted in the order of their places
 * @param maxBytes the size of a group. Only a single larger place makes a larger one
 * @param maxGap the maximum gap between places of a group. Default: 64 KiB
 */
export function* groupPlaces<T>(
  sorted: Iterable<T>,
  placeOf: (item: T) => Place,
  maxBytes: number,
  maxGap: number = MAX_GAP,
): Generator<PlaceGroup<T>, void, undefined> {
  let items: T[] = [];
  let start = 0;
  let end = 0;
  for (const item of sorted) {
    const { offset, length } = placeOf(item);
    if (items.length > 0 && (offset - end > maxGap || offset + length - start > maxBytes)) {
      yield { items, start, length: end - start };
      items = [];
    }
    if (items.length === 0) start = end = offset;
    items.push(item);
    end = Math.max(end, offset + length);
  }
  if (items.length > 0) yield { items, start, length: end - start };
}
