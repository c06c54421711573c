import { getOrAdd } from "../collections/get-or-add.ts";
import { compareStrings } from "../collections/compare-strings.ts";

/** The kind of a timeline: plain numbers, durations in nanoseconds, or nanoseconds since 1970 (UTC). */
export type TimelineKind = "sequence" | "duration" | "timestamp";

/** A timeline of a recording. It is identified by its name, and its kind never changes. */
export interface Timeline {
  readonly name: string;
  readonly kind: TimelineKind;
}

/** The timelines of a row, sorted by name. Interned: equal sets are the same object. */
export interface TimelineSet {
  readonly timelines: readonly Timeline[];
}

/** The set of static rows, which is empty. */
export const STATIC_TIMELINES: TimelineSet = { timelines: [] };

/**
 * All timelines of a recording, with one object per timeline and per set of timelines, so that both can be compared by
 * reference.
 *
 * The first time on a timeline adds the timeline. It stays for the life of the recording, even when its time is
 * removed, so its kind cannot change. The registry does not check kinds: callers call `checkTimeline` first.
 */
export class TimelineRegistry {
  readonly #timelines = new Map<string, Timeline>();
  readonly #sets = new Map<string, TimelineSet>([["[]", STATIC_TIMELINES]]);

  /** The timeline with this name. A new one is created with `kind`. */
  resolve(name: string, kind: TimelineKind): Timeline {
    return getOrAdd(this.#timelines, name, () => ({ name, kind }));
  }

  /** The timeline with this name, or `undefined` if it does not exist yet. */
  get(name: string): Timeline | undefined {
    return this.#timelines.get(name);
  }

  /** The set of these timelines, which may be in any order. */
  intern(timelines: readonly Timeline[]): TimelineSet {
    const sorted = [...timelines].sort(byName);
    // JSON separates the names, which may contain any character.
    const key = JSON.stringify(sorted.map(({ name }) => name));
    return getOrAdd(this.#sets, key, () => ({ timelines: sorted }));
  }
}

function byName(a: Timeline, b: Timeline): number {
  return compareStrings(a.name, b.name);
}
