import { statSync, type Stats } from "node:fs";

/**
 * Facts about what is at a path. `undefined` if nothing is there, or if the system refuses to follow the path: a later
 * attempt to open it reports the reason.
 */
export function statOf(path: string): Stats | undefined {
  try {
    return statSync(path);
  } catch {
    return undefined;
  }
}
