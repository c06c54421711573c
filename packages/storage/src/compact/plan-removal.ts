import type { CountedPart } from "../replacements/counted-parts.ts";

/** Parts of a recording that were removed. */
export interface RemovedParts {
  /** The id of the recording, as in the keys. */
  readonly recordingId: string;
  /** Whether nothing else is left of the recording. */
  readonly isWhole: boolean;
  /** The keys in the bucket. */
  readonly keys: readonly string[];
  /** The number of their bytes. */
  readonly bytes: number;
  /** The time of the newest of them, by the clock of the store. */
  readonly newest: Date;
}

/** Parts to remove together: those of a recording, or one. */
export interface RemovalUnit {
  readonly parts: readonly CountedPart[];
  readonly bytes: number;
  /** The time of the newest part, in milliseconds by the clock of the store. */
  readonly newestMs: number;
}

/** The units of a recording. */
export function unitsOf(parts: readonly CountedPart[], unit: "recording" | "part"): readonly RemovalUnit[] {
  if (parts.length === 0) return [];
  return unit === "part" ? parts.map((part) => unitOf([part])) : [unitOf(parts)];
}

function unitOf(parts: readonly CountedPart[]): RemovalUnit {
  let [bytes, newestMs] = [0, -Infinity];
  for (const { size, modified } of parts) {
    bytes += size;
    // A part without a time must not count as old.
    newestMs = Math.max(newestMs, modified?.getTime() ?? Infinity);
  }
  return { parts, bytes, newestMs };
}

/** Decides which units are removed. */
export class RemovalLimit {
  /** Units that are older than this time are removed. */
  readonly #beforeMs: number;
  /** The number of bytes that are removed from the units of exactly this time. */
  readonly #atMs: number;
  #atBytes: number;

  constructor(beforeMs: number, at: { readonly ms: number; readonly bytes: number } = { ms: NaN, bytes: 0 }) {
    this.#beforeMs = beforeMs;
    this.#atMs = at.ms;
    this.#atBytes = at.bytes;
  }

  /** Whether a unit may be removed. */
  mayTake({ newestMs }: RemovalUnit): boolean {
    return newestMs < this.#beforeMs || (newestMs === this.#atMs && this.#atBytes > 0);
  }

  /** Whether a unit is removed. To be called once for each unit. */
  takes(unit: RemovalUnit): boolean {
    const isTaken = this.mayTake(unit);
    if (isTaken && unit.newestMs >= this.#beforeMs) this.#atBytes -= unit.bytes;
    return isTaken;
  }
}

/** Plans the removal of parts of one recording. Returns `undefined` if all of them stay. */
export function planRemoval(
  recordingId: string,
  parts: readonly CountedPart[],
  unit: "recording" | "part",
  limit: RemovalLimit,
): RemovedParts | undefined {
  const gone = unitsOf(parts, unit)
    .filter((each) => limit.takes(each))
    .flatMap((each) => each.parts);
  if (gone.length === 0) return undefined;
  const { bytes, newestMs } = unitOf(gone);
  const isWhole = gone.length === parts.length;
  return { recordingId, isWhole, keys: gone.map(({ key }) => key), bytes, newest: new Date(newestMs) };
}
