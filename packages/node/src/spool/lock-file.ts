import { createHash } from "node:crypto";
import { closeSync, fstatSync, linkSync, openSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { listen, removeLeft, socketName, type LockSocket } from "./lock-socket.ts";

const VERSION = 1;
const TOKEN = /^[0-9a-f]{32}$/;
const NEW = ".new";
/** Errors of file systems that have no hard links. */
const NO_LINKS: ReadonlySet<string> = new Set(["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EMLINK"]);

/** The contents of a lock. */
interface Owner {
  readonly version: number;
  /** Differs for each lock. */
  readonly token: string;
  readonly pid: number;
  readonly host: string;
  /** Whether the owner listens on the socket of the lock. Otherwise the owner renews the time of the file. */
  readonly socket: boolean;
  /** The number of the file. A copy of the folder has another one, and no owner. */
  readonly inode: string;
}

/** A lock that was read. */
export interface FoundLock {
  readonly path: string;
  /** Differs for other contents, and without a socket for another time. */
  readonly id: string;
  /** `undefined` if the file has no owner. */
  readonly owner: Pick<Owner, "token" | "pid" | "host" | "socket"> | undefined;
  /** Whether the file may be what a loss of power has left of a lock, or a lock of an earlier version. */
  readonly isRest: boolean;
  /** Whether the file was copied here from elsewhere. */
  readonly isCopy: boolean;
}

/** A file with the contents of a lock, before it has the name of the lock. */
export interface LockDraft {
  readonly path: string;
  readonly socket: LockSocket | undefined;
}

/** Reads a lock. Returns `undefined` if there is none. */
export function readLock(path: string): FoundLock | undefined {
  let file: number;
  try {
    file = openSync(path, "r");
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
  try {
    const { ino, mtimeNs } = fstatSync(file, { bigint: true });
    const text = readFileSync(file, "utf8");
    const found: Partial<Owner> = parse(text);
    const { version, token = "", pid, host, socket, inode } = found;
    const isWhole = typeof pid === "number" && typeof host === "string" && typeof token === "string";
    const isKnown = isWhole && (version === undefined || version === VERSION);
    const owner = isKnown ? { token, pid, host, socket: socket === true && TOKEN.test(token) } : undefined;
    return {
      path,
      id: owner?.socket === true ? token : hashOf(`${ino} ${mtimeNs} ${text}`),
      owner,
      isRest: isKnown || (!isWhole && /^(?:\0*|\{(?:"version":.*)?)$/s.test(text)),
      isCopy: isKnown && inode !== undefined && inode !== String(ino),
    };
  } finally {
    closeSync(file);
  }
}

/**
 * The locks that were taken over one after the other, the oldest first: each names its successor. The last one counts.
 * A lock whose owner is gone has one successor, because only one process can create a file.
 */
export function readChain(path: string): readonly FoundLock[] {
  const chain: FoundLock[] = [];
  for (let at = path; ;) {
    const found = readLock(at);
    if (found === undefined) return chain;
    chain.push(found);
    at = successorOf(path, found);
  }
}

/** The path of the lock that follows another one. */
export function successorOf(path: string, { id }: FoundLock): string {
  return `${path}.${id}`;
}

/** Writes a draft of the lock at `path`, and listens on its socket. @throws {Error} of the operating system */
export function writeDraft(folder: string, path: string, token: string): LockDraft {
  const draft = `${path}.${token}${NEW}`;
  const file = openSync(draft, "wx");
  let socket: LockSocket | undefined;
  try {
    socket = listen(folder, token);
    const inode = String(fstatSync(file, { bigint: true }).ino);
    const owner: Owner = {
      version: VERSION,
      token,
      pid: process.pid,
      host: hostname(),
      socket: socket !== undefined,
      inode,
    };
    writeFileSync(file, JSON.stringify(owner));
  } catch (error) {
    socket?.close();
    removeLeft(draft);
    throw error;
  } finally {
    closeSync(file);
  }
  return { path: draft, socket };
}

/**
 * Gives a draft the name of a lock. Others find the lock with all of its contents. Returns `false` if there is a lock,
 * or if another process has removed the draft.
 * @throws {Error} of the operating system
 */
export function publish(draft: string, path: string): boolean {
  try {
    linkSync(draft, path);
    return true;
  } catch (error) {
    const { code = "" } = error as NodeJS.ErrnoException;
    if (code === "EEXIST") return false;
    if (!NO_LINKS.has(code)) {
      if (isMissing(error)) return false;
      throw error;
    }
  }
  try {
    const { inode: _, ...owner } = JSON.parse(readFileSync(draft, "utf8")) as Owner;
    writeFileSync(path, JSON.stringify(owner), { flag: "wx" });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

/** The token of a file that is a draft of the lock `name`. Returns `undefined` for other files. */
export function draftToken(file: string, name: string): string | undefined {
  if (!file.startsWith(`${name}.`) || !file.endsWith(NEW)) return undefined;
  const token = file.slice(name.length + 1, -NEW.length);
  return TOKEN.test(token) ? token : undefined;
}

/** Removes what killed processes have left that were taking the lock `name`, which this process has now. */
export function removeDrafts(folder: string, name: string): void {
  for (const entry of readdirSync(folder)) {
    const token = draftToken(entry.endsWith(NEW) ? entry : entry + NEW, name);
    if (token === undefined) continue;
    // A process that is only slow begins again.
    rmSync(join(folder, entry), { force: true });
    rmSync(join(folder, socketName(token)), { force: true });
  }
}

/** Whether an error says that the file does not exist. */
export function isMissing(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === "ENOENT";
}

function parse(text: string): Partial<Owner> {
  try {
    const owner: unknown = JSON.parse(text);
    if (typeof owner === "object" && owner !== null) return owner;
  } catch {
    // It is incomplete, or not a lock.
  }
  return {};
}

function hashOf(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 32);
}
