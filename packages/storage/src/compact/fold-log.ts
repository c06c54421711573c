import { encodeCheckpoint } from "../replacements/checkpoint.ts";
import type { RecordingObjects } from "../replacements/counted-parts.ts";
import { ListedLog } from "../replacements/listed-log.ts";
import { ReplacementLog } from "../replacements/replacement-log.ts";
import { checkpointKey, replacementKey } from "../replacements/replacement-keys.ts";
import { InParallel } from "../store/in-parallel.ts";
import type { ObjectStore } from "../store/object-store.ts";
import type { Housekeeping } from "./housekeeping.ts";

const PARALLEL_READS = 32;
/** The time for which the names of the parts of a removed recording are remembered. */
const REMEMBER_MS = 30 * 24 * 3_600_000;

/** Settings of {@link foldLog}. */
export interface FoldOptions {
  readonly store: ObjectStore;
  readonly dataset: string;
  readonly objects: RecordingObjects;
  /** The time of the store. */
  readonly now: number;
  /** The age from which on objects are folded or deleted: more than any reader and any writer takes. */
  readonly foldAfterMs: number;
  /** The least number of replacements that become a checkpoint. */
  readonly foldAfterCount: number;
  readonly work: Housekeeping;
  readonly signal: AbortSignal | undefined;
}

/**
 * Replaces old replacements of a recording by a checkpoint, an object with their effect, and deletes them later.
 * Readers begin at the newest checkpoint. The last replacement in it stays, so that programs that know no checkpoints
 * miss the first one, and fail. The log of a removed recording is folded and deleted after a month.
 */
export async function foldLog(options: FoldOptions): Promise<void> {
  const { objects, now, foldAfterMs, foldAfterCount } = options;
  const { log, uploaded, committed, bundled, made } = objects;
  const isBefore = (time: Date | undefined, ms: number): boolean => (time?.getTime() ?? Infinity) <= now - ms;
  const old = [...log.checkpoints.keys()].filter((number) => isBefore(log.checkpoints.get(number), foldAfterMs));
  const folded = Math.max(0, ...old);
  if (folded > 0) await deleteBelow(options, folded);
  if (uploaded.length + committed.length + bundled.length + made.length > 0) {
    let last = log.checkpoint;
    while (isBefore(log.replacements.get(last + 1), foldAfterMs)) last++;
    if (last - log.checkpoint >= foldAfterCount) await createCheckpoint(options, last);
    return;
  }
  const { last } = log;
  const time = log.replacements.get(last) ?? log.checkpoints.get(last);
  if (!isBefore(time, Math.max(REMEMBER_MS, foldAfterMs))) return;
  // Without gaps at any time, because another part of the recording may arrive.
  if (last > log.checkpoint) await createCheckpoint(options, last);
  else if (folded === last) await deleteLast(options, last);
}

async function createCheckpoint(
  { store, dataset, objects, work, signal }: FoldOptions,
  through: number,
): Promise<void> {
  const { recordingId, log } = objects;
  work.folded += through - log.checkpoint;
  if (work.isDryRun) return;
  const listed = new ListedLog();
  for (const [number, time] of log.checkpoints) listed.checkpoints.set(number, time);
  for (const [number, time] of log.replacements) if (number <= through) listed.replacements.set(number, time);
  const state = new ReplacementLog(store, dataset, recordingId);
  await state.read(listed, new InParallel(PARALLEL_READS), signal);
  // Another one may have folded more since.
  if (state.next !== through + 1) return;
  // The same for everybody, because it follows from the replacements.
  await store.create(checkpointKey(dataset, recordingId, through), encodeCheckpoint(state.checkpoint()), { signal });
}

/** Deletes what a checkpoint contains, beginning with the first replacement, but for the last. */
async function deleteBelow({ dataset, objects, work, signal }: FoldOptions, checkpoint: number): Promise<void> {
  const { recordingId, log } = objects;
  for (const [numbers, keyOf] of [
    [log.replacements, replacementKey],
    [log.checkpoints, checkpointKey],
  ] as const) {
    const below = [...numbers.keys()].filter((number) => number < checkpoint).sort((a, b) => a - b);
    for (const number of below) await work.delete({ key: keyOf(dataset, recordingId, number), size: 0 }, signal);
  }
}

async function deleteLast({ dataset, objects, work, signal }: FoldOptions, last: number): Promise<void> {
  for (const keyOf of [replacementKey, checkpointKey])
    await work.delete({ key: keyOf(dataset, objects.recordingId, last), size: 0 }, signal);
}
