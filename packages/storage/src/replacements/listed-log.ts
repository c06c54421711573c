import type { ObjectInfo } from "../store/object-store.ts";
import { parseReplacementKey } from "./replacement-keys.ts";

/** The objects of the log of a recording in a list. */
export class ListedLog {
  /** The times of replacements by the clock of the store, by their numbers. */
  readonly replacements: Map<number, Date | undefined> = new Map();
  /** The times of checkpoints, by the number of the last replacement in each. */
  readonly checkpoints: Map<number, Date | undefined> = new Map();

  /** Adds an object, unless it has another key. Returns the recording of the log. */
  add({ key, modified }: Pick<ObjectInfo, "key" | "modified">): string | undefined {
    const found = parseReplacementKey(key);
    if (found !== undefined) (found.isCheckpoint ? this.checkpoints : this.replacements).set(found.number, modified);
    return found?.recordingId;
  }

  get isEmpty(): boolean {
    return this.replacements.size + this.checkpoints.size === 0;
  }

  /** The number of the newest checkpoint, or 0. */
  get checkpoint(): number {
    return largest(this.checkpoints);
  }

  /** The number of the last replacement, or 0. */
  get last(): number {
    return Math.max(largest(this.replacements), this.checkpoint);
  }
}

function largest(numbers: ReadonlyMap<number, unknown>): number {
  let found = 0;
  for (const number of numbers.keys()) found = Math.max(found, number);
  return found;
}
