import { RecordError, parseStored } from "../store/stored-json.ts";
import { areStoredNames, type StoredNames } from "./removed-names.ts";
import { isMadePart, type MadePart } from "./replacement.ts";

/** The version of checkpoints. What does not know a version refuses it. */
const VERSION = 1;

/** The effect of all replacements of a recording up to a number. It follows from them alone. */
export interface Checkpoint {
  /** The number of the last replacement in it. */
  readonly through: number;
  /** The parts that count although they are in no list. */
  readonly made: readonly MadePart[];
  /** The parts that do not count any more. Made ones follow from their number, because {@link made} has the others. */
  readonly removed: StoredNames;
}

export function encodeCheckpoint(checkpoint: Checkpoint): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(JSON.stringify({ version: VERSION, ...checkpoint }));
}

/** @throws {RecordError} `INVALID_FORMAT` if the bytes are not a checkpoint of this version */
export function decodeCheckpoint(bytes: Uint8Array, key: string): Checkpoint {
  const value = parseStored(bytes, key, VERSION) as Partial<Checkpoint>;
  const { through, made, removed } = value;
  const isCheckpoint =
    Number.isSafeInteger(through) && Array.isArray(made) && made.every(isMadePart) && areStoredNames(removed);
  if (isCheckpoint) return value as Checkpoint;
  throw new RecordError("INVALID_FORMAT", key, `${key} is not a checkpoint of this version`);
}
