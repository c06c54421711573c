import { chmod, lstat, mkdir } from "node:fs/promises";
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
 * The folders for cached files, in order of preference: the user's cache folder, and one for the user in the folder for
 * temporary files. Environment variables that are empty or relative are ignored.
 */
export function cacheFolders(): CacheFolder[] {
  const { XDG_CACHE_HOME, LOCALAPPDATA } = process.env;
  const own = [XDG_CACHE_HOME, LOCALAPPDATA, join(homedir(), ".cache")].find((path) => isAbsolute(path ?? ""));
  const shared: CacheFolder = { base: tmpdir(), names: [`rerun-ts-${process.getuid?.() ?? "user"}`, "web-viewer"] };
  return own === undefined ? [shared] : [{ base: own, names: ["rerun-ts", "web-viewer"] }, shared];
}

/**
 * Creates a cache folder for the user alone, unless it exists, and returns its path. The folder must be private,
 * because browsers run the served files as a page that the relay allows. Rejects with the error of the operating system
 * if the folder cannot be created, and with `IO_ERROR` if it belongs to another user or is a link.
 */
export async function openCacheFolder({ base, names }: CacheFolder): Promise<string> {
  await mkdir(base, { recursive: true });
  let path = base;
  for (const name of names) {
    path = join(path, name);
    await mkdir(path, { mode: PRIVATE }).catch((error: unknown) => {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    });
    await checkOwner(path);
    // An earlier version may have created the folder with other permissions. `chmod` fails on a read-only disk, where
    // no other user can write either.
    await chmod(path, PRIVATE).catch(() => {});
  }
  return path;
}

/**
 * Rejects with `IO_ERROR` unless a path is a folder, and not a link to one, that belongs to the user of this process.
 * On Windows, which has no numbers of users and keeps their folders apart itself, any folder will do.
 */
export async function checkOwner(path: string): Promise<void> {
  const stats = await lstat(path);
  const isOwn = process.getuid === undefined || stats.uid === process.getuid();
  if (stats.isDirectory() && isOwn) return;
  throw new RerunError(
    "IO_ERROR",
    `${path} must be a folder of this user, to keep the web viewer in, but it ` +
      `${stats.isDirectory() ? "belongs to another user" : "is a link or a file"}; remove it, or set ` +
      "`XDG_CACHE_HOME` to another folder",
  );
}
