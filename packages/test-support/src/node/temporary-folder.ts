import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A temporary folder, and a function that removes it. */
export interface TemporaryFolder {
  readonly path: string;
  remove(this: void): void;
}

/** Creates a temporary folder for one caller. */
export function makeTemporaryFolder(): TemporaryFolder {
  const path = mkdtempSync(join(tmpdir(), "rerun-ts-"));
  // Processes that were killed may still be writing.
  return { path, remove: () => rmSync(path, { recursive: true, maxRetries: 5 }) };
}
