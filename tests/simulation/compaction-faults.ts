import type { Patch } from "./build.ts";
import type { CompactionSchedule } from "./compaction-schedule.ts";

const CLOUD = "packages/cloud/src";

/** A fault of the protocol by which parts replace others. */
export interface CompactionFault {
  /** The message of the simulation about it. */
  readonly finding: RegExp;
  /** The part that all schedules of its search have in common, so that the search does not take long. */
  readonly only?: Partial<CompactionSchedule>;
  /** The seed with which it is found soon. Default 1. */
  readonly seed?: number;
  /** The first schedule of the seed that is tried: those before it do not find the fault. Default 0. */
  readonly first?: number;
  /** Changes that put it into the code. */
  readonly patches: readonly Patch[];
}

/** Nothing besides the processes fails, and all parts can become one. */
const SIMPLE = { storeFaults: 0, pageSize: 1000, maxBytes: 100_000, minParts: 2, latencyMs: 200 } as const;

export const COMPACTION_FAULTS: Readonly<Record<string, CompactionFault>> = {
  "readers read replacements before they list parts": {
    finding: /a reader lacks/,
    seed: 68,
    only: SIMPLE,
    patches: [
      {
        file: `${CLOUD}/replacements/counted-parts.ts`,
        from: "const listed: CountedPart[] = [];\n    for await",
        to: "await this.readAllReplacements(recordingId, new Set(), signal); const listed: CountedPart[] = [];\n    for await",
      },
      {
        file: `${CLOUD}/replacements/counted-parts.ts`,
        from: "for (const [id, problem] of await this.readAllReplacements(recordingId, present, signal)) unclear.set(id, problem);\n    const counted: CountedPart[] = [];",
        to: "const counted: CountedPart[] = [];",
      },
    ],
  },
  "a replacement is created before its part": {
    finding: /counts, but does not exist/,
    seed: 2,
    patches: [
      {
        file: `${CLOUD}/compact/compact-recording.ts`,
        from: "await uploadPart(",
        to: "void uploadPart(",
      },
    ],
  },
  "a compactor goes on behind a replacement that was there first": {
    finding: /which does not count|counts twice/,
    seed: 11,
    patches: [
      {
        file: `${CLOUD}/replacements/replacement-log.ts`,
        from: "return found.owner === replacement.owner;",
        to: "return found.owner === replacement.owner || this.append(store, replacement, signal);",
      },
    ],
  },
  "parts are deleted at once": {
    finding: /is deleted too early/,
    patches: [
      {
        file: `${CLOUD}/compact/compaction.ts`,
        from: "before: now - deleteAfterMs",
        to: "before: now",
      },
    ],
  },
  "a part that is sent again counts again": {
    finding: /counts twice|does not count|again and again|is never deleted/,
    seed: 12,
    patches: [
      {
        file: `${CLOUD}/replacements/counted-parts.ts`,
        from: "return this.logs.get(recordingId)?.removed.has(key) === true;",
        to: "const log = this.logs.get(recordingId); return log?.removed.get(key) === log?.next - 1;",
      },
    ],
  },
  "a sweep takes no number before it deletes the part of an ingester": {
    seed: 397,
    finding: /a commit names .* which does not exist/,
    only: SIMPLE,
    patches: [
      {
        file: `${CLOUD}/compact/sweep-orphans.ts`,
        from: "await store.create(commit, encodeCommit(empty), { signal });\n  return (await parts.committed.isNamed(key, commit, signal)) === false;",
        to: "return true;",
      },
    ],
  },
  "a sweep looks at the age alone": {
    finding: /is deleted, although it counts|does not exist/,
    patches: [
      {
        file: `${CLOUD}/compact/sweep-orphans.ts`,
        from: "if (isNamed !== undefined) return !isNamed;",
        to: "if (isNamed !== undefined) return true;",
      },
    ],
  },
  "old data is removed whose parts were replaced meanwhile": {
    seed: 36,
    first: 12,
    finding: /which does not count/,
    only: SIMPLE,
    patches: [
      {
        file: `${CLOUD}/compact/remove-parts.ts`,
        from: "return log.append(",
        to: "await parts.readReplacements(recordingId, signal); return log.append(",
      },
    ],
  },
};
