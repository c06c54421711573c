import { describeValue } from "../checks/describe-value.ts";
import { hasLoneSurrogate } from "../checks/has-lone-surrogate.ts";
import { InvalidValueError, wrongType } from "../checks/invalid-value-error.ts";
import { kindOf } from "../checks/kind-of.ts";
import type { Int64 } from "./int64.ts";
import { resolveTimeValue, type ExplicitTimeValue, type TimeCell, type TimeValue } from "./time-value.ts";
import { STATIC_TIMELINES, type Timeline, type TimelineRegistry, type TimelineSet } from "./timeline.ts";

/**
 * Times by the name of the timeline, e.g. `{ frame: 42, elapsed: { duration: 1.5 } }`. Timelines named `sequence`,
 * `duration` or `timestamp` accept no bare number, because `{ sequence: 42 }` is most likely a mistake for `{ frame: 42
 * }`.
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

/** The timelines whose times a recording sets itself. `undefined` disables a timeline. */
export interface AutomaticTimelines {
  /** The timeline of the wall-clock time of each call. */
  readonly logTime?: Timeline | undefined;
  /** The timeline of the number of each call. */
  readonly logTick?: Timeline | undefined;
}

/**
 * The times at which rows are logged: a set of timelines, and a 64-bit value for each of them, in the order of the set.
 *
 * A recording has one for its current times, and each view a copy. A point is changed in place: `stamp` sets the
 * automatic times of each row, and the batcher copies the values. The set is interned, so rows with the same timelines
 * are recognised by comparing one reference.
 */
export class TimePoint {
  /** The timelines, sorted by name. */
  set: TimelineSet = STATIC_TIMELINES;
  /** The low 32 bits of each time, unsigned. */
  readonly lo: number[] = [];
  /** The high 32 bits of each time, signed. */
  readonly hi: number[] = [];
  readonly #registry: TimelineRegistry;
  readonly #automatic: AutomaticTimelines;
  #logTimeSlot = -1;
  #logTickSlot = -1;
  /** The name and the result of the last search, since a loop sets the same timeline again and again. */
  #lastName = "";
  #lastSlot = -1;

  constructor(registry: TimelineRegistry, automatic: AutomaticTimelines) {
    this.#registry = registry;
    this.#automatic = automatic;
    this.clear();
  }

  /**
   * An independent copy with the same times.
   * @param automatic the timelines that `stamp` sets. Default: those of this time point
   */
  copy(automatic: AutomaticTimelines = this.#automatic): TimePoint {
    const copy = new TimePoint(this.#registry, automatic);
    for (const [slot, timeline] of this.set.timelines.entries()) {
      copy.assign(timeline, this.lo[slot] as number, this.hi[slot] as number);
    }
    return copy;
  }

  /** The index of the timeline of that name, or -1. */
  slotOf(name: string): number {
    if (name === this.#lastName) return this.#lastSlot;
    this.#lastName = name;
    this.#lastSlot = this.set.timelines.findIndex((timeline) => timeline.name === name);
    return this.#lastSlot;
  }

  /** Sets the time on one timeline, and adds the timeline if it is new. */
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

  /** Removes one timeline, unless it is automatic. */
  remove(name: string): void {
    const slot = this.slotOf(name);
    if (slot < 0 || slot === this.#logTimeSlot || slot === this.#logTickSlot) return;
    this.#setTimelines(this.set.timelines.filter((_, index) => index !== slot));
    this.lo.splice(slot, 1);
    this.hi.splice(slot, 1);
  }

  /** Removes all timelines but the automatic ones. */
  clear(): void {
    this.#setTimelines(Object.values(this.#automatic).filter((timeline) => timeline !== undefined));
    this.lo.length = 0;
    this.hi.length = 0;
    for (let slot = 0; slot < this.set.timelines.length; slot++) {
      this.lo.push(0);
      this.hi.push(0);
    }
  }

  /** Sets the automatic times of a call. */
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

  #setTimelines(timelines: readonly Timeline[]): void {
    this.set = this.#registry.intern(timelines);
    this.#lastName = "";
    this.#lastSlot = -1;
    const slotOf = (timeline: Timeline | undefined): number =>
      timeline === undefined ? -1 : this.set.timelines.indexOf(timeline);
    this.#logTimeSlot = slotOf(this.#automatic.logTime);
    this.#logTickSlot = slotOf(this.#automatic.logTick);
  }
}

/**
 * Resolves all entries of a time point, so that none is stored if one is invalid.
 *
 * @param onTimeline receives the name of each timeline before its time is resolved
 * @throws {InvalidValueError} if an entry is invalid
 */
export function resolveTimePoint(
  times: TimePointLike,
  registry: TimelineRegistry,
  onTimeline: (name: string) => void,
): TimeEntry[] {
  // A `Date`, a list or an error has no timelines.
  if (kindOf(times) !== "Object") {
    throw wrongType("an object of times by timeline name, e.g. { frame: 3 }", times);
  }
  const entries: { name: string; cell: TimeCell }[] = [];
  for (const [name, value] of Object.entries(times)) {
    if (value === undefined) continue;
    onTimeline(name);
    if ((typeof value === "number" || typeof value === "bigint") && isKindName(name)) {
      throw wrongType("replaced by the name of your timeline, e.g. { frame: 42 }", value);
    }
    const cell: TimeCell = { kind: "sequence", lo: 0, hi: 0 };
    resolveTimeValue(value, cell);
    checkTimeline(registry, name, cell, value);
    entries.push({ name, cell });
  }
  return entries.map(({ name, cell }) => ({ ...cell, timeline: registry.resolve(name, cell.kind) }));
}

/** Checks the name of a timeline, and that its kind does not change. @throws {InvalidValueError} */
export function checkTimeline(
  registry: TimelineRegistry,
  name: unknown,
  cell: TimeCell,
  value?: TimeValue,
): asserts name is string {
  if (typeof name !== "string" || name === "")
    throw new InvalidValueError("a non-empty string", describeValue(name), false, "timeline");
  const known = registry.get(name);
  if (known === undefined && hasLoneSurrogate(name))
    throw new InvalidValueError("a timeline whose name is well-formed Unicode", describeValue(name), false);
  if (known !== undefined && known.kind !== cell.kind) {
    const hint = typeof value === "bigint" ? ` (nanoseconds as a bigint? pass \`{ ${known.kind} }\`)` : "";
    throw new InvalidValueError(`a ${known.kind}, as before on this timeline`, `a ${cell.kind}${hint}`, false);
  }
}

function isKindName(name: string): boolean {
  return name === "sequence" || name === "duration" || name === "timestamp";
}
