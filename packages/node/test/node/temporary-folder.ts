import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A folder, and how to remove it. */
export interface TemporaryFolder {
  readonly path: string;
  remove(this: void): void;
}

/** Makes a folder of the caller's own. */
export function makeTemporaryFolder(): TemporaryFolder {
  const path = mkdtempSync(join(tmpdir(), "rerun-ts-"));
  return { path, remove: () => rmSync(path, { recursive: true }) };
}
