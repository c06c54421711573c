import { RecordError, parseStored } from "../store/stored-json.ts";
import { isFlatRanges, type FlatRanges } from "./pack-ranges.ts";

/** The commits of a partition up to a number that still count. */
export interface CommitCheckpoint {
  /** The number of the last commit that was looked at. */
  readonly through: number;
  /** The numbers of the commits with objects. All others count for nothing, even if somebody creates them again. */
  readonly kept: FlatRanges;
}

/** The version of checkpoints. What does not know a version refuses it. */
const VERSION = 1;

export function encodeCommitCheckpoint(checkpoint: CommitCheckpoint): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(JSON.stringify({ version: VERSION, ...checkpoint }));
}

/** @throws {RecordError} `INVALID_FORMAT` if the bytes are not a checkpoint of this version */
export function decodeCommitCheckpoint(bytes: Uint8Array, key: string): CommitCheckpoint {
  const value = parseStored(bytes, key, VERSION) as Partial<CommitCheckpoint>;
  if (Number.isSafeInteger(value.through) && isFlatRanges(value.kept)) return value as CommitCheckpoint;
  throw new RecordError("INVALID_FORMAT", key, `${key} is not a checkpoint of commits`);
}
