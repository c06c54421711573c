import { realpathSync } from "node:fs";
import { basename, dirname, join } from "node:path";

/** The path with symbolic links resolved, if it exists, so that all spellings of a path are one destination. */
export function realPath(path: string): string {
  try {
    return realpathSync.native(path);
  } catch {
    return path;
  }
}

/** The same of a file that may not exist yet: its folder counts then. */
export function realPathOfFile(path: string): string {
  const real = realPath(path);
  return real === path ? join(realPath(dirname(path)), basename(path)) : real;
}
