import type { CountedPart } from "../replacements/counted-parts.ts";

/** Limits of {@link planGroups}. */
export interface GroupLimits {
  /** The maximum size of a compacted part, in bytes. Parts above half of it stay unchanged. */
  readonly maxBytes: number;
  /** The least number of parts that become one. */
  readonly minParts: number;
}

/** The maximum number of parts in a group, because all of them are open at the same time. */
const MAX_PARTS = 500;
/** Data of different days stays apart, so that old data can be removed without that of later days. */
const DAY_MS = 24 * 3_600_000;

/**
 * Groups consecutive parts of a recording and of one day for compaction, by the store's time. No part is larger than
 * all others of its group together, so the number of times that a byte is written again is at most the number of times
 * that its part can double in size.
 */
export function planGroups(parts: readonly CountedPart[], limits: GroupLimits): readonly (readonly CountedPart[])[] {
  const groups: CountedPart[][] = [];
  let group: CountedPart[] = [];
  let [bytes, day] = [0, NaN];
  for (const { part, time } of inOrder(parts, limits.maxBytes / 2)) {
    const ownDay = Math.floor(time / DAY_MS);
    if (ownDay !== day || group.length === MAX_PARTS || bytes + part.size > limits.maxBytes) {
      groups.push(group);
      [group, bytes, day] = [[], 0, ownDay];
    }
    group.push(part);
    bytes += part.size;
  }
  groups.push(group);
  return groups.flatMap((each) => worthwhile(each, limits.minParts));
}

/** The small parts with their times, in the order of these. Numbers are sorted, which takes little memory. */
function* inOrder(
  parts: readonly CountedPart[],
  maxSize: number,
): Generator<{ readonly part: CountedPart; readonly time: number }> {
  const times = Float64Array.from(parts, ({ modified }) => modified?.getTime() ?? 0);
  const timeAt = (index: number): number => times[index] ?? 0;
  const keyAt = (index: number): string => parts[index]?.key ?? "";
  const order = Uint32Array.from(parts, (_, index) => index);
  order.sort((a, b) => timeAt(a) - timeAt(b) || (keyAt(a) < keyAt(b) ? -1 : 1));
  for (const index of order) {
    const part = parts[index];
    if (part !== undefined && part.size <= maxSize) yield { part, time: timeAt(index) };
  }
}

/** The group, or those before and behind a part that is larger than all others together. */
function worthwhile(group: readonly CountedPart[], minParts: number): readonly (readonly CountedPart[])[] {
  if (group.length < minParts) return [];
  const largest = group.reduce((best, { size }, index) => (size > (group[best]?.size ?? 0) ? index : best), 0);
  if ((group[largest]?.size ?? 0) * 2 <= sizeOf(group)) return [group];
  return [...worthwhile(group.slice(0, largest), minParts), ...worthwhile(group.slice(largest + 1), minParts)];
}

function sizeOf(parts: readonly CountedPart[]): number {
  return parts.reduce((sum, { size }) => sum + size, 0);
}
