import {
  existsSync,
  linkSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { createHash } from "node:crypto";
import { hostname } from "node:os";
import { basename, dirname, join } from "node:path";
import { randomId } from "@rerun-ts/core/encode";

/** Interval at which the owner renews the lock, and the time without a renewal after which it counts as dead. */
const BEAT_MS = 5000;
const STALE_MS = 30_000;
/** Interval of checks of a lock whose owner may no longer exist. */
const CHECK_MS = 1000;
/** The number of attempts to create a lock whose draft is removed by others. */
const MAX_ATTEMPTS = 5;
const NAME = "lock";
/** Errors of file systems that have no hard links. */
const NO_LINKS: ReadonlySet<string> = new Set(["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS"]);

/** Facts about the process that holds a lock. */
interface Owner {
  /** Differs for each lock. */
  readonly token: string;
  readonly pid: number;
  readonly host: string;
  /** Start time of the process, and the scope of its number, if the platform reports them. */
  readonly start?: string | undefined;
  readonly space?: string | undefined;
}

/** The lock is held by another process. */
export class LockedError extends Error {}

/**
 * A lock on a folder, or on a name in it: one file, which names the process that holds it. The file survives a process
 * that is killed. The lock is then stale, because the process no longer exists, or because its number belongs to
 * another process. Between containers this cannot be checked. There the file's time decides, which the owner renews
 * every 5 seconds.
 */
export class DirectoryLock {
  readonly #path: string;
  readonly #token: string;
  /** The contents of the lock. */
  readonly #text: string;
  readonly #timer: ReturnType<typeof setInterval>;

  /** @param stale the contents of a lock that was left behind, which is removed. Default: there is none */
  private constructor(path: string, stale?: string) {
    this.#path = path;
    this.#token = randomId();
    const { pid } = process;
    const owner: Owner = { token: this.#token, pid, host: hostname(), start: startOf(pid), space: pidSpace() };
    this.#text = JSON.stringify(owner);
    if (stale !== undefined) this.#removeStale(stale);
    this.#create();
    removeDrafts(path);
    this.#timer = setInterval(() => this.#beat(), BEAT_MS);
    this.#timer.unref();
  }

  /**
   * Takes the lock. If the owner may no longer exist, such as a process of a container before its restart, this method
   * waits until the owner renews the lock, or until 30 seconds without a renewal have passed.
   * @param onWaiting is called before the wait, with the owner
   * @param name the name of the lock, if a folder has several locks. Default `lock`
   * @throws {LockedError} if another process has the lock, or the error of the operating system. Rejects with the same
   * errors after a wait
   */
  static take(
    folder: string,
    onWaiting: (owner: string) => void,
    name: string = NAME,
  ): DirectoryLock | Promise<DirectoryLock> {
    const path = join(folder, name);
    const left = readLock(path);
    const life = left === undefined ? "dead" : lifeOf(left);
    if (left !== undefined && life === "alive") throw new LockedError(describe(left.owner));
    if (left === undefined || life === "dead") return new DirectoryLock(path, left?.text);
    onWaiting(describe(left.owner));
    return DirectoryLock.#takeLater(path, left);
  }

  /**
   * Takes a lock with a name. Returns `undefined` if the lock exists and may have an owner.
   * @throws {Error} of the operating system
   */
  static tryTake(folder: string, name: string): DirectoryLock | undefined {
    const path = join(folder, name);
    const left = readLock(path);
    if (left !== undefined && lifeOf(left) !== "dead") return undefined;
    try {
      return new DirectoryLock(path, left?.text);
    } catch (error) {
      if (error instanceof LockedError) return undefined;
      throw error;
    }
  }

  static async #takeLater(path: string, left: FoundLock): Promise<DirectoryLock> {
    let now: FoundLock | undefined = left;
    // Count the checks: the clock of the system may be set meanwhile, or differ from the owner's clock.
    for (let checks = 0; checks < STALE_MS / CHECK_MS; checks++) {
      await new Promise<void>((resolve) => setTimeout(resolve, CHECK_MS).unref());
      now = readLock(path);
      if (now === undefined || lifeOf(now) === "dead") break;
      if (now.text !== left.text || now.modifiedAt !== left.modifiedAt) throw new LockedError(describe(now.owner));
    }
    return new DirectoryLock(path, now?.text);
  }

  release(): void {
    clearInterval(this.#timer);
    if (readLock(this.#path)?.owner.token === this.#token) rmSync(this.#path, { force: true });
  }

  #create(): void {
    for (let attempt = 1; ; attempt++) {
      try {
        createWhole(this.#path, `${this.#path}.${this.#token}`, this.#text);
        return;
      } catch (error) {
        if (!isMissing(error) || !existsSync(dirname(this.#path))) throw refusal(error, this.#path);
        // A process that has the lock, or had it for a moment, removed the draft.
        const owner = readLock(this.#path)?.owner;
        if (owner !== undefined) throw new LockedError(describe(owner));
        if (attempt === MAX_ATTEMPTS) throw error;
      }
    }
  }

  /**
   * Removes a lock that was left behind. A file that is named after the contents of the lock says which process does.
   * Otherwise two could find the same lock, and the slower one would remove the new lock of the other.
   */
  #removeStale(text: string): void {
    const claim = `${this.#path}.${createHash("sha256").update(text).digest("hex").slice(0, 32)}`;
    const left = readLock(claim);
    // One that is empty may be about to be written.
    const isLeft = left !== undefined && lifeOf(left) === "dead" && (left.owner.pid !== 0 || isOld(left));
    if (isLeft) rmSync(claim, { force: true });
    try {
      writeFileSync(claim, this.#text, { flag: "wx" });
    } catch (error) {
      throw refusal(error, claim);
    }
    try {
      if (readLock(this.#path)?.text === text) rmSync(this.#path, { force: true });
    } finally {
      rmSync(claim, { force: true });
    }
  }

  #beat(): void {
    const now = new Date();
    try {
      utimesSync(this.#path, now, now);
    } catch {
      // The folder was removed: there is nothing left to protect.
    }
  }
}

/**
 * Creates a file with all of its contents at once. Otherwise another process could find the file empty, take it for an
 * incomplete lock, and remove it.
 * @throws {Error} of the operating system, `EEXIST` if the file exists
 */
function createWhole(path: string, draft: string, contents: string): void {
  writeFileSync(draft, contents, { flag: "wx" });
  try {
    linkSync(draft, path);
  } catch (error) {
    if (!NO_LINKS.has((error as NodeJS.ErrnoException).code ?? "")) throw error;
    writeFileSync(path, contents, { flag: "wx" });
  } finally {
    rmSync(draft, { force: true });
  }
}

/** Removes the drafts of processes that were killed while they took the lock at `path`, which this process has now. */
function removeDrafts(path: string): void {
  const folder = dirname(path);
  for (const name of readdirSync(folder)) {
    if (!name.startsWith(`${basename(path)}.`)) continue;
    const draft = join(folder, name);
    const found = readLock(draft);
    // One that is only begun is removed, too: its process begins again.
    if (found !== undefined && lifeOf(found) === "dead") rmSync(draft, { force: true });
  }
}

/** The reason why a file cannot be created: another process has it, or another error. */
function refusal(error: unknown, path: string): unknown {
  const isTaken = (error as NodeJS.ErrnoException).code === "EEXIST";
  return isTaken ? new LockedError(describe(readLock(path)?.owner)) : error;
}

interface FoundLock {
  readonly text: string;
  readonly owner: Owner;
  readonly modifiedAt: number;
}

function readLock(path: string): FoundLock | undefined {
  try {
    const text = readFileSync(path, "utf8");
    return { text, owner: parseOwner(text), modifiedAt: statSync(path).mtimeMs };
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** Whether an error says that there is no such file. */
function isMissing(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === "ENOENT";
}

/** The owner in a lock. A lock that is incomplete, because its process was killed while writing it, names no owner. */
function parseOwner(text: string): Owner {
  try {
    const owner: unknown = JSON.parse(text);
    if (typeof owner === "object" && owner !== null) return owner as Owner;
  } catch {
    // It is incomplete.
  }
  return { token: "", pid: 0, host: "" };
}

/** Whether the owner of a lock exists. If this cannot be checked, the owner counts as unknown until the lock is old. */
function lifeOf({ owner: { pid, host, start, space }, modifiedAt }: FoundLock): "alive" | "dead" | "unknown" {
  const fresh = isOld({ modifiedAt }) ? "dead" : "unknown";
  // Process numbers mean something only on the same machine and in the same container.
  const isComparable = host === hostname() && space === pidSpace();
  if (pid === 0) return "dead";
  if (!isComparable) return fresh;
  if (!exists(pid)) return "dead";
  if (start === undefined) return fresh === "dead" ? "dead" : "alive";
  return start === startOf(pid) ? "alive" : "dead";
}

function isOld({ modifiedAt }: Pick<FoundLock, "modifiedAt">): boolean {
  return Date.now() - modifiedAt >= STALE_MS;
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // The process exists, but belongs to another user.
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** Start time of a process, in ticks since the machine started. `undefined` if the platform does not report it. */
function startOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    // The name of the program, in parentheses, may contain anything. Source: proc(5), field 22.
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
  } catch {
    return undefined;
  }
}

/** Names the space in which process numbers are unique: the boot of the machine, and the container. */
function pidSpace(): string | undefined {
  try {
    const boot = readFileSync("/proc/sys/kernel/random/boot_id", "latin1").trim();
    return `${boot} ${readlinkSync("/proc/self/ns/pid")}`;
  } catch {
    return undefined;
  }
}

function describe(owner: Owner | undefined): string {
  return owner === undefined ? "another process" : `process ${owner.pid} on ${owner.host}`;
}
