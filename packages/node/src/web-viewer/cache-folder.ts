import { chmodSync, lstatSync, mkdirSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { isAbsolute, join } from "node:path";
import { RerunError } from "@rerun-ts/core";

/** Access for the user alone. */
const PRIVATE = 0o700;

/** A folder of the user: an existing one, and the folders below it that are created for the cache. */
export interface CacheFolder {
  readonly base: string;
  readonly names: readonly string[];
}

/**
 * The folders for cached files of one kind, in order of preference: the user's cache folder, and one for the user in
 * the folder for temporary files. Environment variables that are empty or relative are ignored.
 */
export function cacheFolders(kind: string): CacheFolder[] {
  const { XDG_CACHE_HOME, LOCALAPPDATA } = process.env;
  const own = [XDG_CACHE_HOME, LOCALAPPDATA, join(homedir(), ".cache")].find((path) => isAbsolute(path ?? ""));
  const shared: CacheFolder = { base: tmpdir(), names: [`rerun-ts-${process.getuid?.() ?? "user"}`, kind] };
  return own === undefined ? [shared] : [{ base: own, names: ["rerun-ts", kind] }, shared];
}

/** Opens the first cache folder that can be used. Returns `undefined` if there is none. */
export function findCacheFolder(kind: string): string | undefined {
  for (const cache of cacheFolders(kind)) {
    try {
      return openCacheFolder(cache);
    } catch {
      // The next one may be usable.
    }
  }
  return undefined;
}

/**
 * Creates a cache folder for the user alone, unless it exists, and returns its path. The folder must be private,
 * because browsers run the served files as a page that the relay allows, and Node runs code that it has compiled.
 *
 * @throws {RerunError} the error of the operating system if the folder cannot be created, and `IO_ERROR` if it belongs
 * to another user or is a link
 */
export function openCacheFolder({ base, names }: CacheFolder): string {
  mkdirSync(base, { recursive: true });
  let path = base;
  for (const name of names) {
    path = join(path, name);
    try {
      mkdirSync(path, { mode: PRIVATE });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
    checkOwner(path);
    try {
      // An earlier version may have created the folder with other permissions.
      chmodSync(path, PRIVATE);
    } catch {
      // On a read-only disk no other user can write either.
    }
  }
  return path;
}

/**
 * Checks that a path is a folder, and not a link to one, that belongs to the user of this process. On Windows, which
 * has no numbers of users and keeps their folders apart itself, any folder will do.
 *
 * @throws {RerunError} `IO_ERROR` if not
 */
export function checkOwner(path: string): void {
  const stats = lstatSync(path);
  const isOwn = process.getuid === undefined || stats.uid === process.getuid();
  if (stats.isDirectory() && isOwn) return;
  throw new RerunError(
    "IO_ERROR",
    `${path} must be a folder of this user, to keep cached files in, but it ` +
      `${stats.isDirectory() ? "belongs to another user" : "is a link or a file"}; remove it, or set ` +
      "`XDG_CACHE_HOME` to another folder",
  );
}
