import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  rmdirSync,
  writeFileSync,
} from "node:fs";
import { readFile, readdir, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { RerunError, isRerunError } from "@rerun-ts/core";
import { describeValue } from "@rerun-ts/core/checks";
import { DirectoryLock, LockedError, firstLock } from "@rerun-ts/node/spool";
import { parsePartName } from "@rerun-ts/node/parts";
import { syncFolder } from "@rerun-ts/node/files";

/** The version of the layout of a spool. */
const VERSION = 2;
const FACTS = "run.json";
const LOCK = "run.lock";
/** The names of folders of runs. */
const RUN = /^[0-9a-f]{32}$/;
/** The names of files that a run has besides its parts. */
const OWN_NAME =
  /^(?:run[.]json(?:[.]new)?|run[.]lock(?:[.][0-9a-f]{32}(?:[.]new)?)?|[.][0-9a-f]{32}[.](?:sock|bind))$/;

/** The end of the name of a draft of a lock, or of its successor. */
const LOCK_TOKEN = /(?<=[.]lock)[.][0-9a-f]{32}(?:[.]new)?$/;

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
  /** The time of its last change, in milliseconds since 1970. */
  readonly modifiedAt: number;
}

/**
 * The folder of one run of a program in a spool: its parts, and the facts for their keys. The folder is locked during
 * use. A folder counts as one of a run by its name and by its contents, because other programs may use the spool, too.
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
    mkdirSync(path, { recursive: true });
    // The lock comes first, so that nobody finds the folder without its owner.
    const lock = createLock(path);
    try {
      const draft = join(path, `${FACTS}.new`);
      writeDurably(draft, `${JSON.stringify({ version: VERSION, ...facts })}\n`);
      renameSync(draft, join(path, FACTS));
      syncFolder(path);
      syncFolder(dirname(path));
    } catch (error) {
      remove(path, ["run.json.new"], lock);
      throw error;
    }
    return new RunFolder(path, facts, lock);
  }

  /**
   * Takes the folder of a run that has ended. Resolves to `undefined` if there is nothing in it any more. Rejects with
   * a `LockedError` if its program runs, or may run, and with an error that names what is wrong with the folder.
   */
  static async take(path: string): Promise<RunFolder | undefined> {
    // Nothing in a folder of another version is touched.
    await readFacts(path).catch((error: unknown) => {
      if (isRerunError(error) && error.code === "UNSUPPORTED") throw error;
    });
    let lock: DirectoryLock;
    try {
      // A program that begins has the folder next.
      if ((await firstLock(path, LOCK)) === "made") throw new LockedError(undefined, "exists");
      lock = await DirectoryLock.tryTake(path, LOCK);
    } catch (error) {
      // Another process has sent and removed the whole folder.
      if (isMissing(error)) return undefined;
      throw error;
    }
    try {
      return new RunFolder(path, await readFacts(path), lock);
    } catch (error) {
      const names = await readdir(path);
      // Its program was killed while it created the folder, or while it removed it.
      if (hasNoParts(names) && !names.includes(FACTS)) {
        remove(path, names, lock);
        return undefined;
      }
      lock.release();
      throw error;
    }
  }

  /** Whether no other program has taken the folder, or removed it. */
  get isOurs(): boolean {
    return this.#lock.isOurs;
  }

  /** The complete parts, the oldest first. */
  parts(): Promise<readonly SpooledPart[]> {
    return spooledPartsIn(this.path);
  }

  /** Releases the folder, and removes it if no part is left. */
  release(): void {
    const names = existsSync(this.path) ? readdirSync(this.path) : [];
    if (RUN.test(basename(this.path)) && names.includes(FACTS) && hasNoParts(names))
      remove(this.path, names, this.#lock);
    else this.#lock.release();
  }
}

/**
 * Whether a run has neither parts nor foreign files. Locks of parts without their parts are left of a program that was
 * killed, because whoever asks has the lock of the run.
 */
function hasNoParts(names: readonly string[]): boolean {
  return names.every((name) => OWN_NAME.test(name) || parsePartName(name.replace(LOCK_TOKEN, ""))?.kind === "lock");
}

/** Locks a new folder, or removes it: a full disk would get another empty folder with each attempt. */
function createLock(path: string): DirectoryLock {
  try {
    const lock = DirectoryLock.create(path, LOCK);
    if (lock !== undefined) return lock;
  } catch (error) {
    removeEmpty(path);
    throw error;
  }
  throw new Error(`another process uses ${path}`);
}

/** Removes the folder of a run that this process has locked, and in which nothing else is. */
function remove(path: string, names: readonly string[], lock: DirectoryLock): void {
  for (const name of names) if (name.startsWith(FACTS)) rmSync(join(path, name), { force: true });
  lock.release();
  for (const name of names) if (name !== LOCK) rmSync(join(path, name), { force: true });
  removeEmpty(path);
}

function removeEmpty(path: string): void {
  try {
    rmdirSync(path);
  } catch {
    // Another process has just locked the folder, and removes it.
  }
}

/** The complete parts in a folder, the oldest first. */
export async function spooledPartsIn(folder: string): Promise<readonly SpooledPart[]> {
  const found: SpooledPart[] = [];
  for (const name of await readdir(folder)) {
    const parsed = parsePartName(name);
    if (parsed?.kind !== "complete") continue;
    const path = join(folder, name);
    try {
      const { size: bytes, mtimeMs: modifiedAt } = await stat(path);
      found.push({ path, number: parsed.number, bytes, modifiedAt });
    } catch (error) {
      // Another process has sent and removed it.
      if (!isMissing(error)) throw error;
    }
  }
  return found.sort((a, b) => a.number - b.number);
}

/** The folders in a spool that may belong to runs, in no order, without those that are `known`. */
export async function runFoldersIn(spool: string, known: ReadonlySet<string> = new Set()): Promise<readonly string[]> {
  const found: string[] = [];
  for (const entry of await readdir(spool, { withFileTypes: true })) {
    const path = join(spool, entry.name);
    if (!known.has(path) && entry.isDirectory() && RUN.test(entry.name) && (await isRunFolder(path))) found.push(path);
  }
  return found;
}

/** Whether a folder may belong to one run: it has the facts of one, or its name and a lock, its draft, or parts. */
export async function isRunFolder(path: string): Promise<boolean> {
  try {
    const names = await readdir(path);
    const isNamed = RUN.test(basename(path));
    return names.some(
      (name) => name === FACTS || (isNamed && (OWN_NAME.test(name) || parsePartName(name) !== undefined)),
    );
  } catch (error) {
    // A folder of another user is reported when it is taken.
    return !isMissing(error);
  }
}

/** Whether an error says that the file does not exist or folder. */
export function isMissing(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === "ENOENT";
}

function writeDurably(path: string, text: string): void {
  const file = openSync(path, "w");
  try {
    writeFileSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** Whether the parts of a folder know their dataset. */
export async function hasFacts(path: string): Promise<boolean> {
  return await readFacts(path).then(
    () => true,
    ({ code }: RerunError) => code !== "INVALID_FORMAT",
  );
}

/** Reads the facts of a run. Rejects with an error that says what to do with the parts. */
async function readFacts(path: string): Promise<RunFacts> {
  const file = join(path, FACTS);
  let facts: Partial<RunFacts> & { readonly version?: unknown };
  try {
    facts = JSON.parse(await readFile(file, "utf8")) as typeof facts;
  } catch (error) {
    if (!isMissing(error) && !(error instanceof SyntaxError)) throw error;
    facts = {};
  }
  const { version, dataset, producer, run } = facts ?? {};
  if (version !== undefined && version !== VERSION)
    throw new RerunError(
      "UNSUPPORTED",
      `${path} belongs to another version of rerun-ts: its layout is ${describeValue(version)}, and this program knows ${VERSION}; its parts stay`,
    );
  const isWhole = typeof dataset === "string" && typeof producer === "string" && typeof run === "string";
  if (isWhole && version === VERSION && RUN.test(run)) return { dataset, producer, run };
  throw new RerunError(
    "INVALID_FORMAT",
    `${file} is missing or damaged, so the dataset of the parts beside it is not known; \`rerun-ts push ${path} --dataset NAME\` sends them`,
  );
}
