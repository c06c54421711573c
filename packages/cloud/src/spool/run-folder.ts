import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { DirectoryLock, parsePartName, syncFolder } from "@rerun-ts/node/parts";

const FACTS = "run.json";
const LOCK = "run.lock";
/** The ends of the names of folders that are being created and removed. */
const NEW = ".new";
const DONE = ".done";
/** The age at which a folder that is being created counts as left behind. */
const MAX_NEW_MS = 60_000;
const MAX_ATTEMPTS = 50;
const ATTEMPT_MS = 20;

/** Facts about the parts in a folder, for their keys. */
export interface RunFacts {
  readonly dataset: string;
  readonly producer: string;
  /** The id of the run. */
  readonly run: string;
}

/** A complete part in a spool. */
export interface SpooledPart {
  readonly path: string;
  readonly number: number;
  readonly bytes: number;
}

/**
 * The folder of one run of a program in a spool: its parts, and the facts for their keys. The folder is locked during
 * use.
 */
export class RunFolder {
  readonly path: string;
  readonly facts: RunFacts;
  readonly #lock: DirectoryLock;

  private constructor(path: string, facts: RunFacts, lock: DirectoryLock) {
    this.path = path;
    this.facts = facts;
    this.#lock = lock;
  }

  /** Creates the folder of a new run. @throws {Error} of the operating system */
  static create(path: string, facts: RunFacts): RunFolder {
    for (let attempt = 1; ; attempt++) {
      try {
        createWhole(path, facts);
        const lock = DirectoryLock.tryTake(path, LOCK);
        if (lock !== undefined) return new RunFolder(path, facts, lock);
      } catch (error) {
        if (!isRace(error) || attempt >= MAX_ATTEMPTS) throw error;
      }
      if (attempt >= MAX_ATTEMPTS) throw new Error(`another process uses ${path}`);
      // Another process has taken the folder before the lock, found it empty, and removes it.
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ATTEMPT_MS);
    }
  }

  /** Takes the folder of an earlier run. Returns `undefined` if it is no such folder, or if its program runs. */
  static take(path: string): RunFolder | undefined {
    const facts = readFacts(path);
    if (facts === undefined) return undefined;
    try {
      const lock = DirectoryLock.tryTake(path, LOCK);
      return lock === undefined ? undefined : new RunFolder(path, facts, lock);
    } catch (error) {
      // Another process has sent and removed the whole folder.
      if (isRace(error)) return undefined;
      throw error;
    }
  }

  /** The complete parts, the oldest first. */
  parts(): readonly SpooledPart[] {
    return partsIn(this.path);
  }

  part(path: string, number: number = parsePartName(path)?.number ?? 0): SpooledPart {
    return { path, number, bytes: statSync(path).size };
  }

  /** Releases the folder, and removes it if no part is left. */
  release(): void {
    const names = existsSync(this.path) ? readdirSync(this.path) : [];
    if (names.length > 0 && names.every((name) => name === FACTS || name.startsWith(LOCK))) {
      // If the process is killed here, the next one removes the folder.
      renameSync(this.path, this.path + DONE);
      rmSync(this.path + DONE, { recursive: true, force: true });
    }
    this.#lock.release();
  }
}

/** The complete parts in a folder, the oldest first. */
export function partsIn(folder: string): readonly SpooledPart[] {
  const found = readdirSync(folder).flatMap((name) => {
    const parsed = parsePartName(name);
    const path = join(folder, name);
    return parsed?.kind === "complete" ? [{ path, number: parsed.number, bytes: statSync(path).size }] : [];
  });
  return found.sort((a, b) => a.number - b.number);
}

/** The folders of runs in a spool, in no order. Removes folders that killed programs were creating or removing. */
export function runFoldersIn(spool: string): readonly string[] {
  const found: string[] = [];
  for (const entry of readdirSync(spool, { withFileTypes: true })) {
    const path = join(spool, entry.name);
    if (!entry.isDirectory()) continue;
    const isLeft = entry.name.endsWith(DONE) || (entry.name.endsWith(NEW) && ageOf(path) > MAX_NEW_MS);
    if (isLeft) rmSync(path, { recursive: true, force: true });
    else if (isRunFolder(path) && !entry.name.endsWith(NEW)) found.push(path);
  }
  return found;
}

/** Whether a folder belongs to one run. */
export function isRunFolder(path: string): boolean {
  return existsSync(join(path, FACTS));
}

function ageOf(path: string): number {
  const stats = statSync(path, { throwIfNoEntry: false });
  return stats === undefined ? 0 : Date.now() - stats.mtimeMs;
}

/** Creates a folder together with its facts, unless it exists. */
function createWhole(path: string, facts: RunFacts): void {
  const draft = path + NEW;
  rmSync(draft, { recursive: true, force: true });
  mkdirSync(draft, { recursive: true });
  writeDurably(join(draft, FACTS), `${JSON.stringify({ version: 1, ...facts })}\n`);
  syncFolder(draft);
  renameSync(draft, path);
  syncFolder(dirname(path));
}

function isRace(error: unknown): boolean {
  const { code = "" } = error as { readonly code?: string };
  return code === "ENOENT" || code === "ENOTEMPTY" || code === "EEXIST";
}

function writeDurably(path: string, text: string): void {
  const file = openSync(path, "wx");
  try {
    writeFileSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

function readFacts(path: string): RunFacts | undefined {
  try {
    const { version, dataset, producer, run } = JSON.parse(
      readFileSync(join(path, FACTS), "utf8"),
    ) as Partial<RunFacts> & { version?: unknown };
    const isKnown =
      version === 1 && typeof dataset === "string" && typeof producer === "string" && typeof run === "string";
    return isKnown && /^[0-9a-f]+$/.test(run) ? { dataset, producer, run } : undefined;
  } catch {
    return undefined;
  }
}
