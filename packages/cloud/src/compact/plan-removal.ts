import type { CountedPart } from "../replacements/counted-parts.ts";

const DAY_MS = 24 * 3_600_000;
/** The age below which data is never removed, because its catalog may not know it yet. */
const MIN_AGE_MS = 3_600_000;

/** Limits of {@link planRemoval}. */
export interface RetentionLimits {
  readonly keepDays: number;
  readonly keepBytes: number;
  readonly unit: "recording" | "part";
}

/** Parts of a recording that were removed. */
export interface RemovedParts {
  /** The recording of the parts. */
  readonly recordingId: string;
  /** Whether nothing else is left of the recording. */
  readonly isWhole: boolean;
  /** The keys of the parts. */
  readonly keys: readonly string[];
  /** The number of their bytes. */
  readonly bytes: number;
  /** The time of the newest of them, by the clock of the store. */
  readonly newest: Date;
}

interface Unit {
  readonly recordingId: string;
  readonly parts: readonly CountedPart[];
  readonly bytes: number;
  readonly newestMs: number;
}

/** Plans the removal of the oldest parts, until no limit is exceeded. Returns one result for each recording. */
export function planRemoval(
  parts: readonly CountedPart[],
  { keepDays, keepBytes, unit }: RetentionLimits,
  nowMs: number,
): readonly RemovedParts[] {
  const byRecording = groupBy(parts, ({ recordingId }) => recordingId);
  const units = (unit === "part" ? parts.map((part) => [part]) : [...byRecording.values()]).map(unitOf);
  units.sort((a, b) => a.newestMs - b.newestMs);
  let total = units.reduce((sum, { bytes }) => sum + bytes, 0);
  const removed: Unit[] = [];
  for (const each of units) {
    const ageMs = nowMs - each.newestMs;
    // All further recordings are younger.
    if (ageMs < MIN_AGE_MS || (ageMs <= keepDays * DAY_MS && total <= keepBytes)) break;
    removed.push(each);
    total -= each.bytes;
  }
  return [...groupBy(removed, ({ recordingId }) => recordingId)].map(([recordingId, own]) => {
    const gone = own.flatMap((each) => each.parts);
    const { bytes, newestMs } = unitOf(gone);
    const isWhole = gone.length === byRecording.get(recordingId)?.length;
    return { recordingId, isWhole, keys: gone.map(({ key }) => key), bytes, newest: new Date(newestMs) };
  });
}

function unitOf(parts: readonly CountedPart[]): Unit {
  return {
    recordingId: parts[0]?.recordingId ?? "",
    parts,
    bytes: parts.reduce((sum, { size }) => sum + size, 0),
    // A part without a time must not count as old.
    newestMs: Math.max(...parts.map(({ modified }) => modified?.getTime() ?? Infinity)),
  };
}

function groupBy<Value>(values: readonly Value[], keyOf: (value: Value) => string): Map<string, Value[]> {
  const groups = new Map<string, Value[]>();
  for (const value of values) {
    const key = keyOf(value);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [value]);
    else group.push(value);
  }
  return groups;
}
