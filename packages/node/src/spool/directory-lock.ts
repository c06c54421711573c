import {
  linkSync,
  readFileSync,
  readlinkSync,
  renameSync,
  statSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { randomId } from "@rerun-ts/core/internal";

/** How often the owner shows that it is alive, and after how long without that it counts as dead. */
const BEAT_MS = 5000;
const STALE_MS = 30_000;
const NAME = "lock";

/** What a lock says about the process that holds it. */
interface Owner {
  /** Differs for each lock. */
  readonly token: string;
  readonly pid: number;
  readonly host: string;
  /** When the process started and where its number is valid, as far as the platform tells. */
  readonly start?: string | undefined;
  readonly space?: string | undefined;
}

/** The lock is held by another process. */
export class LockedError extends Error {}

/**
 * A lock on a folder: one file, which names the process that holds it. It survives a process that is killed, and is then
 * recognised as left behind: the process no longer exists, or another one has its number. Where that cannot be told, as
 * between containers, the file's time tells, which the owner renews every 5 seconds.
 */
export class DirectoryLock {
  readonly #path: string;
  readonly #token: string;
  readonly #timer: ReturnType<typeof setInterval>;

  /** @throws {LockedError} if another process has the lock; or the error of the operating system */
  constructor(folder: string) {
    this.#path = join(folder, NAME);
    this.#token = randomId();
    const left = readLock(this.#path);
    if (left !== undefined) {
      if (isAlive(left.owner, left.modifiedAt)) throw new LockedError(describe(left.owner));
      this.#removeStale(left.text);
    }
    this.#create();
    this.#timer = setInterval(() => this.#beat(), BEAT_MS);
    this.#timer.unref();
  }

  release(): void {
    clearInterval(this.#timer);
    if (readLock(this.#path)?.owner.token === this.#token) unlinkSync(this.#path);
  }

  #create(): void {
    const { pid } = process;
    const owner: Owner = { token: this.#token, pid, host: hostname(), start: startOf(pid), space: pidSpace() };
    try {
      writeFileSync(this.#path, JSON.stringify(owner), { flag: "wx" });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
      throw new LockedError(describe(readLock(this.#path)?.owner));
    }
  }

  /** Removes a lock that was left behind, unless another process was faster and has a new one there. */
  #removeStale(text: string): void {
    const aside = `${this.#path}.${this.#token}`;
    try {
      renameSync(this.#path, aside);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return;
      throw error;
    }
    try {
      if (readFileSync(aside, "utf8") === text) return;
      linkSync(aside, this.#path);
    } finally {
      unlinkSync(aside);
    }
    throw new LockedError(describe(readLock(this.#path)?.owner));
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
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

/** The owner in a lock; one that was cut off, when its process was killed while it wrote it, names nobody. */
function parseOwner(text: string): Owner {
  try {
    return JSON.parse(text) as Owner;
  } catch {
    return { token: "", pid: 0, host: "" };
  }
}

function isAlive({ pid, host, start, space }: Owner, modifiedAt: number): boolean {
  const isFresh = Date.now() - modifiedAt < STALE_MS;
  // Process numbers mean something only on the same machine and in the same container.
  const isComparable = host === hostname() && space === pidSpace();
  if (!isComparable || pid === 0) return isFresh && pid !== 0;
  if (!exists(pid)) return false;
  return start === undefined ? isFresh : start === startOf(pid);
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // It exists, and belongs to another user.
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** When a process started, in ticks since the machine did; `undefined` where the platform does not tell. */
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
