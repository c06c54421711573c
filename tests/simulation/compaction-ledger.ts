import type { Commit } from "../../packages/storage/src/commits/commit.ts";
import type { Replacement } from "../../packages/storage/src/replacements/replacement.ts";
import { DELETE_AFTER_MS } from "./compaction-schedule.ts";

const DIRECT = /^v1\/fleet\/direct\//;
const LOG_PART = /^v1\/fleet\/log-parts\//;
const BUNDLE = /^v1\/fleet\/log-bundles\//;
const MADE = /^v1\/fleet\/compact-parts\//;
const COMMIT = /^v1\/fleet\/log\/\d\d\/(\d{16})\.json$/;
const REPLACEMENT = /^v1\/fleet\/compact\/(\w+)\/(\d{16})\.json$/;
const CHECKPOINT = /^v1\/fleet\/compact\/(\w+)\/(\d{16})\.checkpoint\.json$/;
/** Objects that decide about nothing. */
const ASIDE = /^v1\/fleet\/(?:clock|compact-progress|log-snapshots)\//;
const COMMIT_CHECKPOINT = /^v1\/fleet\/log-checkpoints\/\d\d\/(\d{16})\.json$/;

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
  /** The objects of parts in bundles, by the keys of the parts. */
  readonly #bundles = new Map<string, string>();
  readonly #now: () => number;
  /** The keys that were replaced or removed, and when. */
  readonly #replaced = new Map<string, number>();
  #commits = 0;
  /** When each checkpoint of commits was created, by its number. */
  readonly #commitCheckpoints = new Map<number, number>();
  /** The number of the last replacement of each recording. */
  readonly #replacements = new Map<string, number>();
  /** When each checkpoint was created, by its recording and its number. */
  readonly #checkpoints = new Map<string, Map<number, number>>();

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
    if (LOG_PART.test(key) || BUNDLE.test(key) || MADE.test(key) || ASIDE.test(key)) return;
    const value: unknown = JSON.parse(new TextDecoder().decode(bytes));
    const [, commit] = COMMIT.exec(key) ?? [];
    const [, recording, replacement] = REPLACEMENT.exec(key) ?? [];
    const [, folded, checkpoint] = CHECKPOINT.exec(key) ?? [];
    if (commit !== undefined) this.#onCommit(Number(commit), value as Commit);
    else if (COMMIT_CHECKPOINT.test(key)) this.#onCommitCheckpoint(key);
    else if (recording !== undefined) this.#onReplacement(recording, Number(replacement), value as Replacement);
    else if (folded !== undefined) this.#onCheckpoint(folded, Number(checkpoint));
    else throw new Error(`the object ${key} has no place`);
  }

  onDeleted(key: string): void {
    if (ASIDE.test(key)) return;
    const [, recording, number] = REPLACEMENT.exec(key) ?? CHECKPOINT.exec(key) ?? [];
    if (recording !== undefined) return this.#onRecordDeleted(key, recording, Number(number));
    const [, commit] = COMMIT.exec(key) ?? COMMIT_CHECKPOINT.exec(key) ?? [];
    if (commit !== undefined) return this.#onCommitDeleted(key, Number(commit));
    if (BUNDLE.test(key)) for (const part of this.#partsIn(key)) this.#checkDeletable(part);
    else this.#checkDeletable(key);
  }

  #checkDeletable(key: string): void {
    if (this.counted.has(key)) throw new Error(`${key} is deleted, although it counts`);
    const age = this.#now() - (this.#replaced.get(key) ?? -Infinity);
    if (age < DELETE_AFTER_MS) throw new Error(`${key} is deleted too early, readers may need it`);
  }

  /** The number of commits. */
  get commits(): number {
    return [...this.#objects.keys()].filter((key) => COMMIT.test(key)).length;
  }

  /** The number of objects in the log of a recording. */
  logOf(recording: string): number {
    return [...this.#objects.keys()].filter((key) => key.startsWith(`v1/fleet/compact/${recording}/`)).length;
  }

  /** Returns the remaining objects that nobody needs. */
  needless(): string[] {
    return [...this.#objects.keys()].filter((key) => {
      if (BUNDLE.test(key)) return !this.#partsIn(key).some((part) => this.counted.has(part));
      return (DIRECT.test(key) || LOG_PART.test(key) || MADE.test(key)) && !this.counted.has(key);
    });
  }

  /** The parts in a bundle by its commit. */
  #partsIn(bundle: string): readonly string[] {
    return [...this.#bundles].flatMap(([part, own]) => (own === bundle ? [part] : []));
  }

  #onCommit(number: number, { parts }: Commit): void {
    // A frozen ingester has taken a number that is free again. Readers pass over it.
    if (number <= Math.max(0, ...this.#commitCheckpoints.keys())) return;
    if (number !== ++this.#commits) throw new Error(`commit ${number} follows ${this.#commits - 1}`);
    for (const { key, bytes, bundle } of parts) {
      const object = this.#objects.get(bundle?.key ?? key);
      if (object === undefined) throw new Error(`a commit names ${key}, which does not exist`);
      if (bundle !== undefined) {
        this.#bundles.set(key, bundle.key);
        this.#parts.set(key, rowsIn(object.subarray(bundle.offset, bundle.offset + bytes)));
      }
      this.counted.add(key);
    }
    this.rows();
  }

  #onCommitCheckpoint(key: string): void {
    const number = Number(COMMIT_CHECKPOINT.exec(key)?.[1]);
    if (number > this.#commits) throw new Error(`${key} contains what there is not`);
    this.#commitCheckpoints.set(number, this.#now());
  }

  /** A commit may go long after a checkpoint that does not keep it was created. */
  #onCommitDeleted(key: string, number: number): void {
    const later = [...this.#commitCheckpoints].filter(([checkpoint]) => checkpoint >= number);
    const ages = later.map(([, created]) => this.#now() - created);
    if (Math.max(-1, ...ages) < DELETE_AFTER_MS) throw new Error(`${key} is deleted too early, readers may need it`);
    const name = `/00-${String(number).padStart(16, "0")}-`;
    const needed = [...this.counted].find((part) => LOG_PART.test(part) && part.includes(name));
    if (needed !== undefined && COMMIT.test(key)) throw new Error(`${key} is deleted, although ${needed} counts`);
  }

  #onCheckpoint(recording: string, number: number): void {
    if (number > this.#lastOf(recording)) throw new Error(`checkpoint ${number} contains what there is not`);
    const own = this.#checkpoints.get(recording) ?? new Map<number, number>();
    own.set(number, this.#now());
    this.#checkpoints.set(recording, own);
  }

  /** A record may go long after a later checkpoint was created. */
  #onRecordDeleted(key: string, recording: string, number: number): void {
    const later = [...(this.#checkpoints.get(recording) ?? [])].filter(([checkpoint]) => checkpoint > number);
    const ages = later.map(([, created]) => this.#now() - created);
    if (Math.max(-1, ...ages) < DELETE_AFTER_MS) throw new Error(`${key} is deleted too early, readers may need it`);
  }

  #lastOf(recording: string): number {
    return this.#replacements.get(recording) ?? 0;
  }

  #onReplacement(recording: string, number: number, { adds, removes }: Replacement): void {
    // A frozen compactor has taken a number that is free again. Readers begin behind it.
    const checkpoint = Math.max(0, ...(this.#checkpoints.get(recording)?.keys() ?? []));
    if (number <= checkpoint) return;
    const before = this.#lastOf(recording);
    if (number !== before + 1) throw new Error(`replacement ${number} follows ${before}`);
    this.#replacements.set(recording, number);
    if (number > MAX_REPLACEMENTS) throw new Error("no progress: parts are replaced again and again");
    for (const key of removes)
      if (!this.counted.has(key)) throw new Error(`a replacement removes ${key}, which does not count`);
    const replaced = uniqueRows(removes.map((key) => this.#rowsOf(key)));
    const after = uniqueRows(adds.map(({ key }) => this.#rowsOf(key)));
    for (const key of removes) {
      this.counted.delete(key);
      this.#replaced.set(key, this.#now());
    }
    if (adds.length === 0) for (const row of replaced) this.removed.add(row);
    else if ([...replaced].sort().join() !== [...after].sort().join())
      throw new Error(`replacement ${number} has other rows than what it replaces`);
    for (const { key } of adds) this.counted.add(key);
  }

  #rowsOf(key: string): readonly string[] {
    if (!this.#objects.has(this.#bundles.get(key) ?? key)) throw new Error(`${key} counts, but does not exist`);
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
