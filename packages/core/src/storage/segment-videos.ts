import type { SegmentBytes } from "./segment-file.ts";

/** A message with frames of a video, in a segment. */
export interface StoredFrame extends SegmentBytes {
  start: number;
  readonly bytes: number;
  readonly rows: number;
  readonly id: number;
}

/**
 * The videos in a segment: for each, the first frames that need a key frame of an earlier segment. They are useless
 * when that segment is removed.
 */
export class SegmentVideos {
  readonly #leading = new Map<string, StoredFrame[]>();
  /** Videos with a frame at which a decoder can start. */
  readonly #started = new Set<string>();

  /** The entities with frames. */
  get entities(): readonly string[] {
    return [...this.#leading.keys(), ...this.#started];
  }

  /** @param startsGroup whether a decoder can start at the frame */
  add(entity: string, startsGroup: boolean, frame: StoredFrame): void {
    if (this.#started.has(entity)) return;
    if (startsGroup) this.#started.add(entity);
    else if (!this.#leading.get(entity)?.push(frame)) this.#leading.set(entity, [frame]);
  }

  /**
   * Removes and returns the frames that need removed ones, in order.
   *
   * @param broken the videos of which frames were removed before this segment. Those that start again in it are deleted
   */
  takeBroken(broken: Set<string>): readonly StoredFrame[] {
    const taken: StoredFrame[] = [];
    for (const entity of broken) {
      taken.push(...(this.#leading.get(entity) ?? []));
      this.#leading.delete(entity);
      if (this.#started.has(entity)) broken.delete(entity);
    }
    taken.sort((a, b) => a.start - b.start);
    for (const frame of [...this.#leading.values()].flat()) {
      const before = taken.filter(({ start }) => start < frame.start);
      frame.start -= before.reduce((sum, { length }) => sum + length, 0);
    }
    return taken;
  }
}

/** The pieces of a segment without some ranges, which are in order. */
export function withoutRanges(rrd: Uint8Array, ranges: readonly SegmentBytes[]): readonly Uint8Array[] {
  const ends = [0, ...ranges.map(({ start, length }) => start + length)];
  const starts = [...ranges.map(({ start }) => start), rrd.byteLength];
  return ends.map((end, index) => rrd.subarray(end, starts[index]));
}
