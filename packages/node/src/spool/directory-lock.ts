import { existsSync, renameSync, rmSync, utimesSync } from "node:fs";
import { join } from "node:path";
import {
  publish,
  readChain,
  readLock,
  removeDrafts,
  successorOf,
  writeDraft,
  type FoundLock,
  type LockDraft,
} from "./lock-file.ts";
import { ask, askNow, removeLeft, socketName, type Life } from "./lock-socket.ts";
import { randomId, sleep } from "@rerun-ts/core/util";

/** Without a socket: the interval of renewals, and the time without one after which an owner counts as gone. */
const BEAT_MS = 5000;
const STALE_MS = 30_000;
/** Interval of checks of a lock whose owner may no longer exist. */
const CHECK_MS = 1000;
/** The number of attempts while other processes take the lock and release it. */
const MAX_ATTEMPTS = 100;

/** The lock is held by another process, or may be. */
export class LockedError extends Error {
  /** Whether the owner exists, only time can tell, or nothing is known for sure. */
  readonly owner: "exists" | "unclear" | "unknown";

  constructor(found: FoundLock | undefined, owner: LockedError["owner"]) {
    super(owner === "unknown" && found !== undefined ? describeUnknown(found) : describe(found));
    this.owner = owner;
  }
}

/** Locks that were seen before: since when, on the monotonic clock, they have had the same contents and time. */
const sightings = new Map<string, { readonly id: string; readonly since: number }>();

/**
 * A lock on a folder, or on a name in it: a file that names its owner, and a socket on which the owner listens. The
 * kernel tells whether it does, at any time, for threads that have ended, processes that are frozen, and those in other
 * containers. A lock without an owner is taken over by the one process that can create its successor.
 *
 * Without sockets that all processes reach, as on NFS, the owner renews the time of the file every 5 seconds, and
 * counts as gone after 30 seconds in which others have watched it unchanged. A lock of which nothing is known for sure
 * stays.
 */
export class DirectoryLock {
  readonly #folder: string;
  readonly #path: string;
  readonly #token: string;
  readonly #draft: LockDraft;
  #timer: ReturnType<typeof setInterval> | undefined;

  private constructor(folder: string, name: string) {
    this.#folder = folder;
    this.#path = join(folder, name);
    this.#token = randomId();
    this.#draft = writeDraft(folder, this.#path, this.#token);
  }

  /** Takes a lock that does not exist. Returns `undefined` if it does. @throws {Error} of the operating system */
  static create(folder: string, name: string): DirectoryLock | undefined {
    for (let attempt = 0; attempt < MAX_ATTEMPTS && !existsSync(join(folder, name)); attempt++) {
      const lock = DirectoryLock.claim(folder, name, []);
      // Others may have removed the draft of a process that was frozen meanwhile.
      if (lock !== undefined) return lock;
    }
    return undefined;
  }

  /**
   * Takes a lock, also of an owner that is gone.
   * @throws {LockedError} if another process has the lock, or may have it, or the error of the operating system
   */
  static async tryTake(folder: string, name: string): Promise<DirectoryLock> {
    const steps = contend(folder, name);
    for (let step = steps.next(); ;) {
      if (step.done === true) return step.value;
      const { owner } = step.value;
      step = steps.next(
        isAsked(step.value) ? await ask(folder, socketName(owner?.token ?? "")) : lifeWithoutSocket(step.value),
      );
    }
  }

  /**
   * Takes a lock, also of an owner that is gone. If only time can tell, this method waits until the owner renews the
   * lock, or until 30 seconds without a renewal have passed.
   * @param onWaiting is called before the wait, with the owner
   * @param signal ends the wait
   * @throws {LockedError} if another process has the lock, or the error of the operating system. Rejects with the same
   * errors after a wait
   */
  static take(
    folder: string,
    name: string,
    onWaiting: (owner: string) => void,
    signal?: AbortSignal,
  ): DirectoryLock | Promise<DirectoryLock> {
    const steps = contend(folder, name);
    try {
      for (let step = steps.next(); ;) {
        if (step.done === true) return step.value;
        const { owner } = step.value;
        step = steps.next(isAsked(step.value) ? askNow(folder, owner?.token ?? "") : lifeWithoutSocket(step.value));
      }
    } catch (error) {
      if (!(error instanceof LockedError) || error.owner !== "unclear") throw error;
      onWaiting(error.message);
      return DirectoryLock.#takeLater(folder, name, signal);
    }
  }

  /** Does the same, without blocking the calling thread. */
  static async takeInBackground(
    folder: string,
    name: string,
    onWaiting: (owner: string) => void,
    signal?: AbortSignal,
  ): Promise<DirectoryLock> {
    try {
      return await DirectoryLock.tryTake(folder, name);
    } catch (error) {
      if (!(error instanceof LockedError) || error.owner !== "unclear") throw error;
      onWaiting(error.message);
      return DirectoryLock.#takeLater(folder, name, signal);
    }
  }

  static async #takeLater(folder: string, name: string, signal: AbortSignal | undefined): Promise<DirectoryLock> {
    const path = join(folder, name);
    const first = readChain(path).at(-1);
    // Count the checks: the clock of the system may be set meanwhile, or differ from the owner's clock. The wait keeps
    // the program alive, because what it has logged is only stored afterwards.
    for (let checks = 0; checks < STALE_MS / CHECK_MS; checks++) {
      await sleep(CHECK_MS, signal);
      const now = readChain(path).at(-1);
      if (now === undefined) break;
      if (now.id !== first?.id || signal?.aborted === true) throw new LockedError(now, "unclear");
    }
    const last = readChain(path);
    const isSame = last.at(-1)?.id === first?.id;
    const lock = last.length === 0 || isSame ? DirectoryLock.claim(folder, name, last) : undefined;
    return lock ?? DirectoryLock.tryTake(folder, name);
  }

  /**
   * Succeeds the last lock of a chain, whose owner is gone. Returns `undefined` if another process has done so.
   * @throws {Error} of the operating system
   */
  static claim(folder: string, name: string, chain: readonly FoundLock[]): DirectoryLock | undefined {
    const lock = new DirectoryLock(folder, name);
    try {
      if (lock.#succeed(chain)) return lock;
    } catch (error) {
      lock.#discard();
      throw error;
    }
    lock.#discard();
    return undefined;
  }

  /** Whether the lock was not taken by others, who could not know that this process exists, and the folder exists. */
  get isOurs(): boolean {
    try {
      return readLock(this.#path)?.owner?.token === this.#token;
    } catch (error) {
      // There is a file in place of the folder. Otherwise the lock cannot be read just now.
      return (error as NodeJS.ErrnoException).code !== "ENOTDIR";
    }
  }

  release(): void {
    clearInterval(this.#timer);
    try {
      // The lock is removed first: without a listener others would take it over, and this would remove theirs.
      if (readLock(this.#path)?.owner?.token === this.#token) rmSync(this.#path, { force: true });
    } finally {
      this.#draft.socket?.close();
    }
  }

  #succeed(chain: readonly FoundLock[]): boolean {
    const last = chain.at(-1);
    const path = last === undefined ? this.#path : successorOf(this.#path, last);
    if (!publish(this.#draft.path, path)) return false;
    rmSync(this.#draft.path, { force: true });
    if (readChain(this.#path).at(-1)?.owner?.token !== this.#token) {
      // The chain is another one by now: this lock follows one that was removed.
      rmSync(path, { force: true });
      return false;
    }
    if (last !== undefined) {
      // From here on, nobody finds the locks of earlier owners.
      renameSync(path, this.#path);
      for (const { owner } of chain)
        if (owner?.socket === true) rmSync(join(this.#folder, socketName(owner.token)), { force: true });
    }
    if (this.#draft.socket === undefined) this.#timer = setInterval(() => this.#beat(), BEAT_MS).unref();
    return true;
  }

  #discard(): void {
    removeLeft(this.#draft.path);
    this.#draft.socket?.close();
  }

  #beat(): void {
    const now = new Date();
    try {
      if (this.isOurs) utimesSync(this.#path, now, now);
    } catch {
      // The folder was removed: there is nothing left to protect.
    }
  }
}

/**
 * Takes a lock. Yields each owner about which it must know whether it exists.
 * @throws {LockedError} and the errors of the operating system
 */
function* contend(folder: string, name: string): Generator<FoundLock, DirectoryLock, Life> {
  const path = join(folder, name);
  let last: FoundLock | undefined;
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    const chain = readChain(path);
    last = chain.at(-1);
    if (last !== undefined) {
      const life = yield last;
      if (life === "alive") throw new LockedError(last, "exists");
      // Another process has just taken it over.
      if (life === "unknown" && readChain(path).at(-1)?.id !== last.id) continue;
      if (life === "unknown") throw new LockedError(last, last.isRest && !isAsked(last) ? "unclear" : "unknown");
    }
    const lock = DirectoryLock.claim(folder, name, chain);
    if (lock !== undefined) {
      removeDrafts(folder, name);
      return lock;
    }
  }
  throw new LockedError(last, "exists");
}

/** Whether the kernel knows the owner of a lock. */
function isAsked({ owner, isCopy }: FoundLock): boolean {
  return owner?.socket === true && !isCopy;
}

/** Whether the owner of a lock without a socket exists, from what was seen of the lock before. */
function lifeWithoutSocket({ path, id, owner, isRest, isCopy }: FoundLock): Life {
  if (isCopy && owner?.socket === true) return "dead";
  // A stranger's file, or a lock of another version.
  if (!isRest) return "unknown";
  const seen = sightings.get(path);
  const now = performance.now();
  const isSame = seen?.id === id;
  if (!isSame) sightings.set(path, { id, since: now });
  if (!isSame || now - seen.since < STALE_MS) return seen === undefined || isSame ? "unknown" : "alive";
  sightings.delete(path);
  return "dead";
}

function describe(found: FoundLock | undefined): string {
  if (found === undefined) return "another process";
  const { owner, path } = found;
  return owner === undefined ? `a process whose lock ${path} is incomplete` : `process ${owner.pid} on ${owner.host}`;
}

function describeUnknown(found: FoundLock): string {
  const { owner, path, isRest } = found;
  if (owner === undefined && !isRest)
    return `${path} is not a lock of this version of rerun-ts; remove it if no program uses the folder`;
  return `it may belong to ${describe(found)}; remove ${path} if that process has ended`;
}
