import type { Patch } from "./build.ts";
import type { CompactionSchedule } from "./compaction-schedule.ts";

const CLOUD = "packages/storage/src";

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
    finding: /a reader lacks|RerunError: no v1/,
    seed: 2,
    first: 1336,
    only: SIMPLE,
    patches: [
      {
        file: `${CLOUD}/replacements/counted-parts.ts`,
        from: "// Side by side, because each answer takes a while.",
        to: "await this.readAllReplacements(recordingId, new Set(), signal);",
      },
      {
        file: `${CLOUD}/replacements/counted-parts.ts`,
        from: "for (const [id, problem] of await this.readAllReplacements(recordingId, present, signal)) unclear.set(id, problem);",
        to: "void present;",
      },
    ],
  },
  "a replacement is created before its part": {
    finding: /counts, but does not exist/,
    seed: 15,
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
    seed: 39,
    patches: [
      {
        file: `${CLOUD}/replacements/replacement-log.ts`,
        from: "this.#apply(found);\n    return isOwn;",
        to: "this.#apply(found);\n    return isOwn || this.append(store, replacement, signal);",
      },
    ],
  },
  "parts are deleted at once": {
    finding: /is deleted too early/,
    seed: 39,
    patches: [
      {
        file: `${CLOUD}/compact/compaction.ts`,
        from: "replaced, made, before: now - deleteAfterMs",
        to: "replaced, made, before: now",
      },
    ],
  },
  "bundles are deleted at once": {
    finding: /is deleted too early/,
    first: 259,
    patches: [
      {
        file: `${CLOUD}/compact/compaction.ts`,
        from: "committed, before: now - deleteAfterMs",
        to: "committed, before: now",
      },
    ],
  },
  "the commits of bundles are folded": {
    finding: /a reader lacks|counts, but|is never deleted|deleted/,
    patches: [
      {
        file: `${CLOUD}/compact/fold-commits.ts`,
        from: "[logPartPrefix(dataset), bundlePrefix(dataset), logLayoutPrefix(dataset)]",
        to: "[logPartPrefix(dataset), logLayoutPrefix(dataset)]",
      },
    ],
  },
  "a bundle is deleted with its first part": {
    finding: /is deleted, although it counts/,
    patches: [{ file: `${CLOUD}/compact/delete-bundles.ts`, from: "of found) {", to: "of found.slice(0, 1)) {" }],
  },
  "a sweep of bundles takes no number before": {
    finding: /a commit names .*, which does not exist/,
    first: 155,
    patches: [
      {
        file: `${CLOUD}/compact/delete-bundles.ts`,
        from: "(await isOrphanOfCommit(options, bundle.key, bundle))",
        to: "true",
      },
    ],
  },
  "a part that is sent again counts again": {
    finding: /counts twice|does not count|again and again|is never deleted/,
    seed: 39,
    patches: [
      {
        file: `${CLOUD}/replacements/counted-parts.ts`,
        from: "return this.logs.get(recordingId)?.isRemoved(key) === true;",
        to: "const log = this.logs.get(recordingId); return log?.removed.get(key) === log?.next - 1;",
      },
    ],
  },
  "a sweep takes no number before it deletes the part of an ingester": {
    finding: /a commit names .* which does not exist/,
    seed: 169,
    only: SIMPLE,
    patches: [
      {
        file: `${CLOUD}/compact/sweep-orphans.ts`,
        from: "await store.create(commit, encodeCommit(empty), { signal });\n  return (await committed.isNamed(key, commit, signal)) === false;",
        to: "return true;",
      },
    ],
  },
  "a sweep looks at the age alone": {
    finding: /is deleted, although it counts|does not exist/,
    seed: 2,
    patches: [
      {
        file: `${CLOUD}/compact/sweep-orphans.ts`,
        from: "if (isNamed !== undefined) return !isNamed;",
        to: "if (isNamed !== undefined) return true;",
      },
      {
        file: `${CLOUD}/compact/sweep-orphans.ts`,
        from: "of uncommitted.filter(isOld)",
        to: "of objects.committed.filter(isOld)",
      },
    ],
  },
  "old data is removed whose parts were replaced meanwhile": {
    finding: /which does not count/,
    seed: 1994,
    first: 861,
    only: SIMPLE,
    patches: [
      {
        file: `${CLOUD}/compact/remove-parts.ts`,
        from: "return log.append(",
        to: "await parts.readReplacements(recordingId, signal); return log.append(",
      },
    ],
  },
  "replacements are folded at once": {
    finding: /is deleted too early/,
    seed: 145,
    patches: [
      {
        file: `${CLOUD}/compact/fold-log.ts`,
        from: "while (isBefore(log.replacements.get(last + 1), foldAfterMs)) last++;",
        to: "while (log.replacements.has(last + 1)) last++;",
      },
    ],
  },
  "folded replacements are deleted at once": {
    finding: /is deleted too early/,
    seed: 1533,
    first: 3186,
    patches: [
      {
        file: `${CLOUD}/compact/fold-log.ts`,
        from: ".filter((number) => isBefore(log.checkpoints.get(number), foldAfterMs))",
        to: "",
      },
    ],
  },
  "a checkpoint forgets what was removed": {
    finding: /counts twice|does not count|is never deleted/,
    seed: 169,
    patches: [
      {
        file: `${CLOUD}/replacements/replacement-log.ts`,
        from: "for (const key of this.removed.keys()) removed.add(key);",
        to: "",
      },
    ],
  },
  "readers begin before the checkpoint": {
    finding: /no v1\/fleet\/compact/,
    seed: 30,
    patches: [
      {
        file: `${CLOUD}/replacements/replacement-log.ts`,
        from: "if (checkpoint >= this.next) {\n      const key",
        to: "if (false) {\n      const key",
      },
    ],
  },
  "an ingester that is late does not look for later commits": {
    finding: /a reader lacks/,
    seed: 4,
    first: 19_511,
    only: SIMPLE,
    patches: [
      {
        file: `${CLOUD}/ingest/commit-log.ts`,
        from: "return through < from;",
        to: "return true;",
      },
    ],
  },
  "commits are folded although their parts are there": {
    finding: /a reader lacks|although .* counts/,
    seed: 86,
    patches: [
      {
        file: `${CLOUD}/compact/fold-commits.ts`,
        from: "earlier.missing(number, number).length === 0) kept.add(number);",
        to: "earlier.missing(number, number).length === 0) kept.toJSON();",
      },
    ],
  },
};
