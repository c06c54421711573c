import { compareText } from "../compare-text.ts";

/** What a timeline counts: plain numbers, a span in nanoseconds, or nanoseconds since 1970 UTC. */
export type TimelineKind = "sequence" | "duration" | "timestamp";

/** A timeline of a recording. Its name is its identity; its kind never changes. */
export interface Timeline {
  readonly name: string;
  readonly kind: TimelineKind;
}

/** The timelines of a row, sorted by name; interned, so that two equal sets are the same object. */
export interface TimelineSet {
  readonly timelines: readonly Timeline[];
}

/** The set of a static row. */
export const STATIC_TIMELINES: TimelineSet = { timelines: [] };

/** Knows every timeline of a recording and hands out one object per timeline and per set of them. */
export class TimelineRegistry {
  readonly #timelines = new Map<string, Timeline>();
  readonly #sets = new Map<string, TimelineSet>([["", STATIC_TIMELINES]]);

  /** The timeline of that name, which is made with `kind` if it is new. */
  resolve(name: string, kind: TimelineKind): Timeline {
    let timeline = this.#timelines.get(name);
    if (timeline === undefined) {
      timeline = { name, kind };
      this.#timelines.set(name, timeline);
    }
    return timeline;
  }

  /** The timeline of that name, if it is known. */
  get(name: string): Timeline | undefined {
    return this.#timelines.get(name);
  }

  /** The one set of these timelines. */
  intern(timelines: readonly Timeline[]): TimelineSet {
    const sorted = [...timelines].sort(byName);
    const key = sorted.map(({ name }) => name).join("\0");
    let set = this.#sets.get(key);
    if (set === undefined) {
      set = { timelines: sorted };
      this.#sets.set(key, set);
    }
    return set;
  }
}

function byName(a: Timeline, b: Timeline): number {
  return compareText(a.name, b.name);
}
