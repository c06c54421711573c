import { readFileSync } from "node:fs";

/** The number of open files if the system's limit is unknown, and the minimum otherwise. */
const MIN_FILES = 256;

/**
 * The number of files that a relay keeps open, up to `wanted`: half of those that the process may have, because
 * connections need the rest. Opening a file again takes several times as long as writing a small message.
 */
export function openFileLimit(wanted: number, limits: string = readLimits()): number {
  const limit = /^Max open files\s+(\S+)/m.exec(limits)?.[1] ?? "0";
  return limit === "unlimited" ? wanted : Math.max(MIN_FILES, Math.min(wanted, Math.floor(Number(limit) / 2)));
}

/** The limits of this process. Only Linux has them in a file. */
function readLimits(): string {
  try {
    return readFileSync("/proc/self/limits", "utf8");
  } catch {
    return "";
  }
}
