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
  rmdirSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { randomId } from "@rerun-ts/core/encode";
import { DirectoryLock, parsePartName, syncFolder } from "@rerun-ts/node/parts";

const FACTS = "run.json";
const LOCK = "run.lock";

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

/** The folder of one run of a program in a spool: its parts, and the facts for their keys. It is locked during use. */
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
    mkdirSync(path, { recursive: true });
    const lock = DirectoryLock.tryTake(path, LOCK);
    if (lock === undefined) throw new Error(`another process uses ${path}`);
    const draft = join(path, `${FACTS}.${randomId()}`);
    writeDurably(draft, `${JSON.stringify({ version: 1, ...facts })}\n`);
    renameSync(draft, join(path, FACTS));
    syncFolder(path);
    syncFolder(join(path, ".."));
    return new RunFolder(path, facts, lock);
  }

  /** Takes the folder of an earlier run; `undefined` if it is no such folder, or its program runs. */
  static take(path: string): RunFolder | undefined {
    const facts = readFacts(path);
    if (facts === undefined) return undefined;
    const lock = DirectoryLock.tryTake(path, LOCK);
    // Another process may have sent and removed all of it.
    if (lock !== undefined && existsSync(join(path, FACTS))) return new RunFolder(path, facts, lock);
    lock?.release();
    return undefined;
  }

  /** The complete parts, the oldest first. */
  parts(): readonly SpooledPart[] {
    const found = readdirSync(this.path).flatMap((name) => {
      const parsed = parsePartName(name);
      return parsed?.kind === "complete" ? [this.part(join(this.path, name), parsed.number)] : [];
    });
    return found.sort((a, b) => a.number - b.number);
  }

  part(path: string, number: number = parsePartName(path)?.number ?? 0): SpooledPart {
    return { path, number, bytes: statSync(path).size };
  }

  /** Releases the folder, and removes it if nothing is left in it. */
  release(): void {
    const others = existsSync(this.path)
      ? readdirSync(this.path).filter((name) => !name.startsWith(FACTS) && name !== LOCK)
      : [];
    if (others.length === 0) {
      for (const name of readdirSync(this.path))
        if (name.startsWith(FACTS)) rmSync(join(this.path, name), { force: true });
    }
    this.#lock.release();
    try {
      if (others.length === 0) rmdirSync(this.path);
    } catch {
      // Another process has just taken the lock, and will do this.
    }
  }
}

/** The folders of runs in a spool, in no order. */
export function runFoldersIn(spool: string): readonly string[] {
  if (!existsSync(spool)) return [];
  return readdirSync(spool, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(spool, entry.name, FACTS)))
    .map((entry) => join(spool, entry.name));
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
