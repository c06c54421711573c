import { getOrAdd } from "@rerun-ts/core/util";
import { PackRanges, type FlatRanges } from "./pack-ranges.ts";

const DAY_MS = 24 * 3_600_000;
/** The most by which one commit advances the clock, so that a wrong time of a server does not remove runs. */
const MAX_STEP_MS = 3_600_000;
/** The days for which runs are remembered after their last commit, and beyond the time of their messages. */
const LEAST_DAYS = 30;
const MARGIN_DAYS = 1;

/** The clock of a {@link RunMemory} as it is stored: the time of the newest commit, and the time that has passed. */
export type StoredClock = readonly [time: number | undefined, passedMs: number];

/** Runs as they are stored: the committed packs of each, by the day of its last commit. */
export type StoredRuns = Readonly<Record<string, Readonly<Record<string, FlatRanges>>>>;

/**
 * The number of days for which runs must be remembered, or `undefined` for ever: as long as their messages may come
 * again from the stream, and as long as their producers may be asleep.
 *
 * @param maxAgeMs the age at which the stream drops messages. `undefined` or 0 if it drops none by their age
 */
export function runDaysOf(maxAgeMs: number | undefined): number | undefined {
  if (maxAgeMs === undefined || maxAgeMs <= 0) return undefined;
  return Math.max(LEAST_DAYS, Math.ceil(maxAgeMs / DAY_MS) + MARGIN_DAYS);
}

/**
 * The committed packs of runs. Those of runs that had their last commit long ago are forgotten, by a clock that follows
 * from the commits alone. So all ingesters forget the same runs with the same commit.
 */
export class RunMemory {
  /** The runs by the day of their last commit, oldest day first. */
  readonly #days = new Map<number, Map<string, PackRanges>>();
  #time: number | undefined;
  #passedMs = 0;

  constructor([time, passedMs]: StoredClock = [undefined, 0], runs: StoredRuns = {}) {
    [this.#time, this.#passedMs] = [time, passedMs];
    // The keys of objects that are numbers are in their order.
    for (const [day, packs] of Object.entries(runs))
      this.#days.set(Number(day), new Map(Object.entries(packs).map(([run, ranges]) => [run, new PackRanges(ranges)])));
  }

  /** The day of the clock. */
  get day(): number {
    return Math.floor(this.#passedMs / DAY_MS);
  }

  /** The committed packs of a run, as far as they are remembered. */
  packsOf(run: string): PackRanges | undefined {
    return this.#days.get(this.#dayOf(run) ?? -1)?.get(run);
  }

  /** A commit was made at a time of its stream, in milliseconds since 1970. */
  advance(time: number | undefined): void {
    if (time === undefined) return;
    const passedMs = time - (this.#time ?? time);
    this.#passedMs += Math.max(0, Math.min(MAX_STEP_MS, passedMs));
    // Commits of several ingesters may be a little out of order: the time in between has been counted already.
    if (passedMs > 0 || passedMs < -MAX_STEP_MS) this.#time = time;
    else this.#time ??= time;
  }

  /** Packs of a run are committed now. */
  add(run: string, ranges: FlatRanges): void {
    const { day } = this;
    const before = this.#dayOf(run);
    const runs = getOrAdd(this.#days, day, () => new Map());
    let packs = this.packsOf(run);
    if (packs === undefined) packs = new PackRanges();
    if (before !== undefined && before !== day) this.#remove(before, run);
    runs.set(run, packs);
    for (let at = 0; at + 1 < ranges.length; at += 2) packs.add(ranges[at] as number, ranges[at + 1]);
  }

  /** Forgets the runs without a commit for this many days. */
  forget(days: number): void {
    for (const day of this.#days.keys()) if (day < this.day - days) this.#days.delete(day);
  }

  toJSON(): { readonly clock: StoredClock; readonly runs: StoredRuns } {
    const runs: Record<string, Record<string, FlatRanges>> = {};
    for (const [day, packs] of this.#days) {
      const sorted = [...packs].sort(([a], [b]) => (a < b ? -1 : 1));
      runs[day] = Object.fromEntries(sorted.map(([run, ranges]) => [run, ranges.toJSON()]));
    }
    return { clock: [this.#time, this.#passedMs], runs };
  }

  #dayOf(run: string): number | undefined {
    let found: number | undefined;
    for (const [day, runs] of this.#days) if (runs.has(run)) found = day;
    return found;
  }

  #remove(day: number, run: string): void {
    const runs = this.#days.get(day);
    runs?.delete(run);
    if (runs?.size === 0) this.#days.delete(day);
  }
}
