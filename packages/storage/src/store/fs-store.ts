import { constants } from "node:fs";
import { link, mkdir, open, readdir, rmdir, stat, unlink, type FileHandle } from "node:fs/promises";
import { basename, dirname, join, resolve, sep } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { RerunError } from "@rerun-ts/core";
import { invalidArgument, messageOf, withRerunErrors, isUrl } from "@rerun-ts/core/checks";
import { randomId } from "@rerun-ts/core/util";
import { DirectoryLock, firstLock, removeSockets } from "@rerun-ts/node/spool";
import { readBody } from "./file-source.ts";
import { checkFolder, checkKey, checkPrefix, isSegment } from "./keys.ts";
import type {
  CreateOptions,
  ListObjectsOptions,
  ObjectBody,
  ObjectInfo,
  ObjectStore,
  ReadObjectOptions,
  StoreOptions,
} from "./object-store.ts";

/** The folder for objects that are being written. No key has such a segment. */
const INCOMING = ".incoming";
/** The end of the name of a lock beside such an object, and the name. */
const LOCK = ".lock";
const LOCKED = /^([0-9a-f]{32}[.]lock)([.][0-9a-f]{32}[.]new)?$/;
/** Number of listed files to check at a time, because a mounted folder answers each call with a delay. */
const LIST_BATCH = 32;
/** The number of attempts to create a folder that others remove. */
const MAX_FOLDERS = 10;
/** Errors of file systems that have no hard links. */
const NO_LINKS: ReadonlySet<string> = new Set(["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EMLINK"]);

/**
 * An {@link ObjectStore} in a folder, also in one on NFS with several machines. The key of an object is its path below
 * the folder. An object is written to the disk, and then a hard link gives it its name: one process
 * creates an object, all others find it.
 *
 * Calls reject with `IO_ERROR` if the folder cannot be read or written, and with `UNSUPPORTED` if its file system has
 * no hard links.
 *
 * @param folder the path of the folder, or a `file:` URL. It is created with the first object
 * @throws {TypeError} if `folder` is not a path
 */
export function fsStore(folder: string | URL): ObjectStore {
  const isPath = (typeof folder === "string" && folder !== "") || isUrl(folder);
  if (!isPath) throw invalidArgument("folder", "the path of a folder", folder);
  const scheme = isUrl(folder) ? folder.protocol : /^[a-z][\w+.-]*:(?=\/\/)/i.exec(folder)?.[0].toLowerCase();
  // An address of a server must not create a folder `https:`. The message omits the rest, which may contain
  // credentials.
  if (scheme !== undefined && scheme !== "file:")
    throw invalidArgument("folder", "the path of a folder, or a `file:` URL", `${scheme}//…`);
  return new FsStore(resolve(scheme === undefined ? String(folder) : fileURLToPath(folder)));
}

class FsStore implements ObjectStore {
  readonly url: string;
  readonly #root: string;
  #swept: Promise<void> | undefined;
  #ignoresCase: Promise<boolean> | undefined;

  constructor(root: string) {
    this.#root = root;
    this.url = pathToFileURL(root).href;
  }

  create(key: string, body: ObjectBody, options: CreateOptions = {}): Promise<boolean> {
    return this.#attempt("create", key, options.signal, async (path) => {
      // The folder is synchronized even if another process has created the object, because the caller relies on its
      // durability.
      if (await exists(path)) {
        await syncFolder(dirname(path));
        return false;
      }
      const folder = join(this.#root, INCOMING);
      await makeFolder(folder);
      this.#swept ??= removeLeft(folder);
      await this.#swept;
      if (await (this.#ignoresCase ??= ignoresCase(folder))) await checkCase(this.#root, key);
      const name = randomId();
      const incoming = join(folder, name);
      const lock = DirectoryLock.create(folder, name + LOCK);
      try {
        await writeFile(incoming, body, options.signal);
        const isNew = await linkInFolder(incoming, path);
        await syncFolder(dirname(path));
        return isNew;
      } finally {
        await unlink(incoming).catch(() => {});
        lock?.release();
      }
    });
  }

  /** An object gets its name after all of its bytes were written. */
  wantsSha256(): Promise<boolean> {
    return Promise.resolve(false);
  }

  head(key: string, options: StoreOptions = {}): Promise<ObjectInfo | undefined> {
    return this.#attempt("read", key, options.signal, async (path) => {
      const stats = await stat(path).catch(unlessMissing);
      return stats?.isFile() === true ? { key, size: stats.size, modified: stats.mtime } : undefined;
    });
  }

  read(key: string, { offset = 0, length = Infinity, signal }: ReadObjectOptions = {}): Promise<Uint8Array> {
    return this.#attempt("read", key, signal, async (path) => {
      const file = await open(path, constants.O_RDONLY);
      try {
        const { size } = await file.stat();
        const start = Math.min(offset, size);
        return await readFully(file, start, Math.min(length, size - start));
      } finally {
        await file.close();
      }
    });
  }

  async *list(prefix: string, { startAfter = "", signal }: ListObjectsOptions = {}): AsyncGenerator<ObjectInfo> {
    checkPrefix(prefix);
    const folder = prefix.slice(0, prefix.lastIndexOf("/") + 1);
    let keys: string[] = [];
    for await (const key of this.#keys(folder, prefix, startAfter)) {
      if (keys.push(key) < LIST_BATCH) continue;
      yield* await this.#heads(keys, signal);
      keys = [];
    }
    yield* await this.#heads(keys, signal);
  }

  async *listFolders(prefix: string): AsyncGenerator<string> {
    for (const name of await this.#namesIn(checkFolder(prefix))) if (name.endsWith("/")) yield name;
  }

  /** Facts about objects, without those that were deleted meanwhile. */
  async #heads(keys: readonly string[], signal: AbortSignal | undefined): Promise<readonly ObjectInfo[]> {
    const found = await Promise.all(keys.map((key) => this.head(key, { signal })));
    return found.filter((object) => object !== undefined);
  }

  delete(key: string, options: StoreOptions = {}): Promise<void> {
    return this.#attempt("delete", key, options.signal, async (path) => {
      await unlink(path).catch(unlessMissing);
      await this.#removeEmptyFolders(dirname(path));
    });
  }

  /** Removes the folders of a deleted object that have no others. They may be in use, or not belong to this user. */
  async #removeEmptyFolders(folder: string): Promise<void> {
    try {
      for (let at = folder; at.startsWith(this.#root + sep); at = dirname(at)) await rmdir(at);
    } catch {
      // The folder is not empty.
    }
  }

  /** The keys in a folder, in their order. */
  async *#keys(folder: string, prefix: string, startAfter: string): AsyncGenerator<string> {
    for (const name of await this.#namesIn(folder)) {
      const isFolder = name.endsWith("/");
      if (isFolder && (name.startsWith(prefix) || prefix.startsWith(name))) {
        // Skips folders whose keys all come before `startAfter`.
        if (name > startAfter || startAfter.startsWith(name)) yield* this.#keys(name, prefix, startAfter);
      } else if (!isFolder && name.startsWith(prefix) && name > startAfter) yield name;
    }
  }

  /** The keys of the objects in a folder, and the prefixes of its folders, in their order. */
  async #namesIn(folder: string): Promise<readonly string[]> {
    const path = join(this.#root, folder);
    const entries = await readdir(path, { withFileTypes: true })
      .catch(unlessMissing)
      .catch((error: unknown) => {
        throw storeError(`cannot list ${this.url}/${folder}`, error);
      });
    // Files that cannot be objects are those of other programs, such as `.DS_Store`, or of NFS.
    const objects = (entries ?? []).filter((entry) => isSegment(entry.name) && (entry.isFile() || entry.isDirectory()));
    // The slash sorts a folder among the files by the order of its keys.
    return objects
      .map((entry) => folder + entry.name + (entry.isDirectory() ? "/" : ""))
      .sort((a, b) => (a < b ? -1 : 1));
  }

  #attempt<T>(
    verb: string,
    key: string,
    signal: AbortSignal | undefined,
    work: (path: string) => Promise<T>,
  ): Promise<T> {
    return withRerunErrors(async () => {
      const path = join(this.#root, ...checkKey(key).split("/"));
      try {
        signal?.throwIfAborted();
        return await work(path);
      } catch (error) {
        const text = `cannot ${verb} ${this.url}/${key}`;
        if (signal?.aborted === true)
          throw new RerunError("ABORTED", `${text}: aborted by \`signal\``, { cause: error });
        throw storeError(text, error);
      }
    });
  }
}

/**
 * Removes the incomplete objects of programs that were killed, as the locks beside them tell. Never rejects: others may
 * not belong to this user, and nobody needs the room immediately.
 */
async function removeLeft(folder: string): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  for (const found of names) {
    const [, name, draft] = LOCKED.exec(found) ?? [];
    if (name === undefined) continue;
    try {
      if (draft !== undefined && (await firstLock(folder, name)) !== "left") continue;
      const lock = await DirectoryLock.tryTake(folder, name);
      await unlink(join(folder, name.slice(0, -LOCK.length))).catch(unlessMissing);
      lock.release();
    } catch {
      // Its program runs, or may run.
    }
  }
  await removeSockets(folder).catch(() => {});
}

function storeError(text: string, error: unknown): RerunError {
  if (error instanceof RerunError) return error;
  const { code } = error as { readonly code?: unknown };
  if (code === "ENOENT") return new RerunError("NOT_FOUND", `${text}: no such object`, { cause: error });
  if (code === "ENOSPC" || code === "EDQUOT")
    return new RerunError("QUOTA", `${text}: the disk is full`, { cause: error });
  return new RerunError("IO_ERROR", `${text}: ${messageOf(error)}`, { cause: error });
}

function unlessMissing(error: unknown): undefined {
  const { code } = error as { readonly code?: unknown };
  if (code !== "ENOENT" && code !== "ENOTDIR") throw error;
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(unlessMissing)) !== undefined;
}

async function writeFile(path: string, body: ObjectBody, signal: AbortSignal | undefined): Promise<void> {
  const file = await open(path, "wx");
  try {
    for await (const piece of readBody(body)) {
      signal?.throwIfAborted();
      for (let at = 0; at < piece.byteLength;) at += (await file.write(piece, at)).bytesWritten;
    }
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Whether a file system does not distinguish upper from lower case: a folder has two names then. */
async function ignoresCase(folder: string): Promise<boolean> {
  const other = join(dirname(folder), basename(folder).toUpperCase());
  const [own, found] = await Promise.all([stat(folder), stat(other).catch(unlessMissing)]);
  return own.ino === found?.ino && own.dev === found.dev;
}

/** Checks that no object or folder has the name of one of a key in another case. @throws {RerunError} */
async function checkCase(root: string, key: string): Promise<void> {
  let folder = root;
  for (const segment of key.split("/")) {
    const names = (await readdir(folder).catch(unlessMissing)) ?? [];
    const other = names.find((name) => name !== segment && name.toLowerCase() === segment.toLowerCase());
    if (other !== undefined)
      throw new RerunError(
        "UNSUPPORTED",
        `cannot create ${key} in ${root}: it has ${other}, and its file system does not distinguish upper from lower case; choose a name that differs in more`,
      );
    folder = join(folder, segment);
  }
}

/** As {@link linkOnce}. Creates the folder, which others may remove with its last object. */
async function linkInFolder(from: string, to: string): Promise<boolean> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await linkOnce(from, to);
    } catch (error) {
      if ((error as { readonly code?: unknown }).code !== "ENOENT" || attempt === MAX_FOLDERS) throw error;
      await makeFolder(dirname(to));
    }
  }
}

/** Links a file to a name that no other file may have. Returns whether the file has the name. */
async function linkOnce(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    const { code = "" } = error as { readonly code?: string };
    if (NO_LINKS.has(code))
      throw new RerunError(
        "UNSUPPORTED",
        `cannot create ${to}: this file system has no hard links; choose another folder`,
        { cause: error },
      );
    if (code !== "EEXIST") throw error;
    // Over NFS the response to the first request may have been lost.
    const [own, found] = [await stat(from), await stat(to)];
    return own.ino === found.ino && own.dev === found.dev;
  }
}

/** Creates a folder, and synchronizes each folder with a new entry. */
async function makeFolder(path: string): Promise<void> {
  const first = await mkdir(path, { recursive: true });
  if (first === undefined) return;
  for (let at = path; at.length >= first.length; at = dirname(at)) await syncFolder(dirname(at));
}

async function syncFolder(path: string): Promise<void> {
  // Windows cannot open folders, and makes their entries durable by itself.
  const folder = await open(path, constants.O_RDONLY).catch(() => undefined);
  try {
    await folder?.sync();
  } catch {
    // Not all file systems can synchronize folders.
  } finally {
    await folder?.close();
  }
}

async function readFully(file: FileHandle, start: number, length: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  let at = 0;
  while (at < length) {
    const { bytesRead } = await file.read(bytes, at, length - at, start + at);
    if (bytesRead === 0) break;
    at += bytesRead;
  }
  return bytes.subarray(0, at);
}
