import { uploadPart } from "../parts/part-store.ts";
import type { CountedPart, CountedParts } from "../replacements/counted-parts.ts";
import { madePartKey } from "../replacements/replacement-keys.ts";
import type { ObjectStore } from "../store/object-store.ts";
import type { ByteRoom } from "./byte-room.ts";
import type { UnchangedPart, MergedParts, MergeParts } from "./merge-parts.ts";
import { planGroups, type GroupLimits } from "./plan-groups.ts";
import { randomId } from "@rerun-ts/core/util";
import { modifiedMs } from "../store/modified-ms.ts";

/** A group of parts, and the part in their place. */
export interface CompactedParts {
  /** The id of the compacted recording, as in the keys. */
  readonly recordingId: string;
  /** The key of the part in their place. With `dryRun` it is empty. */
  readonly key: string;
  /** The number of its bytes. With `dryRun` it is 0. */
  readonly bytes: number;
  /** The keys of the replaced parts. */
  readonly replaced: readonly string[];
  /** The number of their bytes. */
  readonly replacedBytes: number;
}

/** Settings of {@link compactRecording}. */
export interface CompactRecordingOptions {
  readonly store: ObjectStore;
  readonly dataset: string;
  readonly recordingId: string;
  readonly parts: CountedParts;
  readonly limits: GroupLimits;
  readonly merge: MergeParts;
  /** The room for the files of all recordings together. */
  readonly room: ByteRoom;
  readonly onCompacted: (group: CompactedParts) => void;
  readonly signal: AbortSignal | undefined;
}

/**
 * Replaces small parts of a recording by large ones, one group after the other. The large part is created first. The
 * small parts count until the replacement with the next number is created. Any number of processes may compact at the
 * same time: if several create the same replacement, one succeeds, and the others plan again. Resolves to the parts
 * that could not be compacted.
 */
export async function compactRecording(options: CompactRecordingOptions): Promise<readonly UnchangedPart[]> {
  const { recordingId, parts, limits, signal } = options;
  const leftOut = new Map<string, UnchangedPart>();
  for (;;) {
    let counted = await parts.listOne(recordingId, signal);
    // What was listed stays right until another one changes it.
    for (let isRight = true; isRight;) {
      const groups = planGroups(
        counted.filter(({ key }) => !leftOut.has(key)),
        limits,
      );
      if (groups.length === 0) return [...leftOut.values()];
      for (const group of groups) {
        isRight = await compactGroup(options, group, leftOut);
        if (!isRight) break;
      }
      const uploaded = counted.filter(
        (part) => !parts.isReplaced(part) && !parts.logOf(recordingId).made.has(part.key),
      );
      counted = [...parts.madeOf(recordingId), ...uploaded];
    }
  }
}

/** Returns whether all is as it was listed, but for this group. */
async function compactGroup(
  options: CompactRecordingOptions,
  group: readonly CountedPart[],
  leftOut: Map<string, UnchangedPart>,
): Promise<boolean> {
  const { merge, room, onCompacted, signal } = options;
  const leave = await room.enter(sizeOf(group));
  try {
    signal?.throwIfAborted();
    const result = await merge(group, signal);
    try {
      for (const part of result.leftOut) leftOut.set(part.key, part);
      const { merged } = result;
      if (merged === undefined) {
        // A group that cannot be compacted is not tried again.
        for (const { key } of group)
          if (!leftOut.has(key)) leftOut.set(key, { key, reason: "it does not fit to the other parts" });
        return true;
      }
      const done = await replace(options, merged);
      if (done !== undefined) onCompacted(done);
      return done !== undefined;
    } finally {
      await result.release();
    }
  } finally {
    leave();
  }
}

/** Creates a part, and then the replacement. Resolves to `undefined` if another one was created meanwhile. */
async function replace(
  { store, dataset, recordingId, parts, signal }: CompactRecordingOptions,
  merged: MergedParts,
): Promise<CompactedParts | undefined> {
  const log = parts.logOf(recordingId);
  const { body, bytes, sha256, chunks, rows } = merged;
  const key = madePartKey(dataset, recordingId, log.next, sha256);
  await uploadPart(store, { key, body, sha256 }, signal ?? new AbortController().signal);
  const newest = new Date(
    merged.parts.reduce((latest, part) => Math.max(latest, modifiedMs(part, 0)), 0),
  ).toISOString();
  const replaced = merged.parts.map((part) => part.key);
  const adds = [{ key, bytes, sha256, chunks, rows, newest }];
  if (!(await log.append(store, { owner: randomId(), adds, removes: replaced }, signal))) return undefined;
  return { recordingId, key, bytes, replaced, replacedBytes: sizeOf(merged.parts) };
}

function sizeOf(parts: readonly CountedPart[]): number {
  return parts.reduce((sum, { size }) => sum + size, 0);
}
