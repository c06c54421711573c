import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { root } from "@rerun-ts/test-support/node/environment";

/** The text of a program of this repository. */
export function readProgram(path: string): Promise<string> {
  return readFile(join(root, path), "utf8");
}
