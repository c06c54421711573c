import { InvalidValue, wrongType } from "../invalid-value.ts";
import type { Int64 } from "./int64.ts";
import { resolveTimeValue, type ExplicitTimeValue, type TimeCell, type TimeValue } from "./time-value.ts";
import { STATIC_TIMELINES, type Timeline, type TimelineRegistry, type TimelineSet } from "./timeline.ts";

/**
 * Times by timeline name. The names `sequence`, `duration` and `timestamp` take no bare number, because
 * `at({ sequence: 42 })` is a slip for `at({ frame: 42 })`.
 */
export type TimePointLike = Readonly<Record<string, TimeValue | undefined>> & {
  readonly sequence?: ExplicitTimeValue | undefined;
  readonly duration?: ExplicitTimeValue | undefined;
  readonly timestamp?: ExplicitTimeValue | undefined;
};

/** A resolved entry of a time point. */
export interface TimeEntry extends TimeCell {
  readonly timeline: Timeline;
}

/** The timelines that a recording fills in by itself. */
export interface AutomaticTimelines {
  /** The wall clock's time of each call. */
  readonly logTime?: Timeline | undefined;
  /** The number of each call. */
  readonly logTick?: Timeline | undefined;
}

/** The times that rows are logged at: a set of timelines and 64 bits for each, in the set's order. */
export class TimePoint {
  set: TimelineSet = STATIC_TIMELINES;
  readonly lo: number[] = [];
  readonly hi: number[] = [];
  readonly #registry: TimelineRegistry;
  readonly #automatic: AutomaticTimelines;
  #logTimeSlot = -1;
  #logTickSlot = -1;
  #foundName = "";
  #foundSlot = -1;

  constructor(registry: TimelineRegistry, automatic: AutomaticTimelines) {
    this.#registry = registry;
    this.#automatic = automatic;
    this.clear();
  }

  /** The same times, independent of these. */
  copy(): TimePoint {
    const copy = new TimePoint(this.#registry, this.#automatic);
    for (const [slot, timeline] of this.set.timelines.entries()) {
      copy.assign(timeline, this.lo[slot] as number, this.hi[slot] as number);
    }
    return copy;
  }

  /** Where the timeline of that name stands, or -1. */
  slotOf(name: string): number {
    if (name === this.#foundName) return this.#foundSlot;
    this.#foundName = name;
    this.#foundSlot = this.set.timelines.findIndex((timeline) => timeline.name === name);
    return this.#foundSlot;
  }

  /** Sets one timeline. */
  assign(timeline: Timeline, lo: number, hi: number): void {
    let slot = this.slotOf(timeline.name);
    if (slot < 0) {
      this.#setTimelines([...this.set.timelines, timeline]);
      slot = this.slotOf(timeline.name);
      this.lo.splice(slot, 0, 0);
      this.hi.splice(slot, 0, 0);
    }
    this.lo[slot] = lo;
    this.hi[slot] = hi;
  }

  /** Takes one timeline away; the automatic ones stay. */
  remove(name: string): void {
    const slot = this.slotOf(name);
    if (slot < 0 || slot === this.#logTimeSlot || slot === this.#logTickSlot) return;
    this.#setTimelines(this.set.timelines.filter((_, index) => index !== slot));
    this.lo.splice(slot, 1);
    this.hi.splice(slot, 1);
  }

  /** Takes all timelines away; the automatic ones stay. */
  clear(): void {
    this.#setTimelines(Object.values(this.#automatic).filter((timeline) => timeline !== undefined));
    this.lo.length = 0;
    this.hi.length = 0;
    for (let slot = 0; slot < this.set.timelines.length; slot++) {
      this.lo.push(0);
      this.hi.push(0);
    }
  }

  /** Fills the automatic timelines in. */
  stamp(now: Int64, tick: number): void {
    if (this.#logTimeSlot >= 0) {
      this.lo[this.#logTimeSlot] = now.lo;
      this.hi[this.#logTimeSlot] = now.hi;
    }
    if (this.#logTickSlot >= 0) {
      this.lo[this.#logTickSlot] = tick >>> 0;
      this.hi[this.#logTickSlot] = Math.floor(tick / 4294967296);
    }
  }

  /** Fills the automatic timelines in for good: they stay as they are now. */
  freeze(now: Int64, tick: number): void {
    this.stamp(now, tick);
    this.#logTimeSlot = this.#logTickSlot = -1;
  }

  #setTimelines(timelines: readonly Timeline[]): void {
    this.set = this.#registry.intern(timelines);
    this.#foundName = "";
    this.#foundSlot = -1;
    const slotOf = (timeline: Timeline | undefined): number =>
      timeline === undefined ? -1 : this.set.timelines.indexOf(timeline);
    this.#logTimeSlot = slotOf(this.#automatic.logTime);
    this.#logTickSlot = slotOf(this.#automatic.logTick);
  }
}

/**
 * Resolves a whole time point before anything is stored, so that one bad entry leaves no trace.
 * Throws `InvalidValue`; `onTimeline` is told the name that is being looked at.
 */
export function resolveTimePoint(
  times: TimePointLike,
  registry: TimelineRegistry,
  onTimeline: (name: string) => void,
): TimeEntry[] {
  if (typeof times !== "object" || times === null) {
    throw wrongType("an object of times by timeline name, e.g. { frame: 3 }", times);
  }
  const entries: { name: string; cell: TimeCell }[] = [];
  for (const [name, value] of Object.entries(times)) {
    if (value === undefined) continue;
    onTimeline(name);
    if ((typeof value === "number" || typeof value === "bigint") && isKindName(name)) {
      throw wrongType("under the name of your timeline, e.g. { frame: 42 }; a bare number here is a slip", value);
    }
    const cell: TimeCell = { kind: "sequence", lo: 0, hi: 0 };
    resolveTimeValue(value, cell);
    checkTimeline(registry, name, cell);
    entries.push({ name, cell });
  }
  return entries.map(({ name, cell }) => ({ ...cell, timeline: registry.resolve(name, cell.kind) }));
}

/** Refuses an empty name and a second kind for a known timeline. */
export function checkTimeline(registry: TimelineRegistry, name: unknown, cell: TimeCell): asserts name is string {
  if (typeof name !== "string" || name === "") throw wrongType("a timeline with a name that is not empty", name);
  const known = registry.get(name);
  if (known !== undefined && known.kind !== cell.kind) {
    throw new InvalidValue(`a ${known.kind}, as before on this timeline`, `a ${cell.kind}`, false);
  }
}

function isKindName(name: string): boolean {
  return name === "sequence" || name === "duration" || name === "timestamp";
}
