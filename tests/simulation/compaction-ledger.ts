import type { Commit } from "../../packages/cloud/src/commits/commit.ts";
import type { Replacement } from "../../packages/cloud/src/replacements/replacement.ts";
import { DELETE_AFTER_MS } from "./compaction-schedule.ts";

const DIRECT = /^v1\/fleet\/direct\//;
const LOG_PART = /^v1\/fleet\/log-parts\//;
const MADE = /^v1\/fleet\/compact-parts\//;
const COMMIT = /^v1\/fleet\/log\/\d\d\/(\d{16})\.json$/;
const REPLACEMENT = /^v1\/fleet\/compact\/monday\/(\d{16})\.json$/;
const CLOCK = /^v1\/fleet\/clock\//;

/** More than all steps of a schedule need. */
const MAX_REPLACEMENTS = 200;

/** Which parts of a store count, checked whenever an object is created or deleted. */
export class CompactionLedger {
  /** The rows that were removed for their age. */
  readonly removed = new Set<string>();
  /** The keys that count. */
  readonly counted = new Set<string>();
  readonly #objects: ReadonlyMap<string, Uint8Array>;
  /** The rows of all parts that ever were. */
  readonly #parts = new Map<string, readonly string[]>();
  readonly #now: () => number;
  /** The keys that were replaced or removed, and when. */
  readonly #replaced = new Map<string, number>();
  #commits = 0;
  #replacements = 0;

  constructor(objects: ReadonlyMap<string, Uint8Array>, now: () => number) {
    this.#objects = objects;
    this.#now = now;
  }

  /** The rows of all parts that count. @throws {Error} if one is twice */
  rows(): Set<string> {
    return uniqueRows([...this.counted].map((key) => this.#rowsOf(key)));
  }

  /** The rows of a part that there is or was. */
  rowsOf(key: string): readonly string[] {
    return this.#parts.get(key) ?? [];
  }

  /** @throws {Error} that says which promise is broken */
  onCreated(key: string, bytes: Uint8Array): void {
    if (DIRECT.test(key) || LOG_PART.test(key) || MADE.test(key)) this.#parts.set(key, rowsIn(bytes));
    if (DIRECT.test(key)) {
      if (!this.#replaced.has(key)) this.counted.add(key);
      return;
    }
    if (LOG_PART.test(key) || MADE.test(key) || CLOCK.test(key)) return;
    const value: unknown = JSON.parse(new TextDecoder().decode(bytes));
    const [, commit] = COMMIT.exec(key) ?? [];
    const [, replacement] = REPLACEMENT.exec(key) ?? [];
    if (commit !== undefined) this.#onCommit(Number(commit), value as Commit);
    else if (replacement !== undefined) this.#onReplacement(Number(replacement), value as Replacement);
    else throw new Error(`the object ${key} has no place`);
  }

  onDeleted(key: string): void {
    if (this.counted.has(key)) throw new Error(`${key} is deleted, although it counts`);
    const age = this.#now() - (this.#replaced.get(key) ?? -Infinity);
    if (age < DELETE_AFTER_MS) throw new Error(`${key} is deleted too early, readers may need it`);
  }

  /** Returns the remaining objects that nobody needs. */
  needless(): string[] {
    return [...this.#objects.keys()].filter(
      (key) => (DIRECT.test(key) || LOG_PART.test(key) || MADE.test(key)) && !this.counted.has(key),
    );
  }

  #onCommit(number: number, { parts }: Commit): void {
    if (number !== ++this.#commits) throw new Error(`commit ${number} follows ${this.#commits - 1}`);
    for (const { key } of parts) {
      if (!this.#objects.has(key)) throw new Error(`a commit names ${key}, which does not exist`);
      this.counted.add(key);
    }
    this.rows();
  }

  #onReplacement(number: number, { adds, removes }: Replacement): void {
    if (number !== ++this.#replacements) throw new Error(`replacement ${number} follows ${this.#replacements - 1}`);
    if (number > MAX_REPLACEMENTS) throw new Error("no progress: parts are replaced again and again");
    for (const key of removes)
      if (!this.counted.has(key)) throw new Error(`a replacement removes ${key}, which does not count`);
    const before = uniqueRows(removes.map((key) => this.#rowsOf(key)));
    const after = uniqueRows(adds.map(({ key }) => this.#rowsOf(key)));
    for (const key of removes) {
      this.counted.delete(key);
      this.#replaced.set(key, this.#now());
    }
    if (adds.length === 0) for (const row of before) this.removed.add(row);
    else if ([...before].sort().join() !== [...after].sort().join())
      throw new Error(`replacement ${number} has other rows than what it replaces`);
    for (const { key } of adds) this.counted.add(key);
  }

  #rowsOf(key: string): readonly string[] {
    if (!this.#objects.has(key)) throw new Error(`${key} counts, but does not exist`);
    return this.rowsOf(key);
  }
}

/** The rows of a part. */
export function rowsIn(bytes: Uint8Array): string[] {
  return new TextDecoder().decode(bytes).split("\n").slice(0, -1);
}

/** The rows of several parts. @throws {Error} if one is twice */
export function uniqueRows(parts: readonly (readonly string[])[]): Set<string> {
  const rows = new Set<string>();
  for (const row of parts.flat()) {
    if (rows.has(row)) throw new Error(`${row} counts twice`);
    rows.add(row);
  }
  return rows;
}
