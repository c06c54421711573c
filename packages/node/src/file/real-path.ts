import { realpathSync } from "node:fs";

/** The path with symbolic links resolved, if it exists, so that all spellings of a path are one destination. */
export function realPath(path: string): string {
  try {
    return realpathSync.native(path);
  } catch {
    return path;
  }
}
