import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { root } from "@rerun-ts/test-support/node/environment";

const SKIPPED = new Set([".cache", ".git", ".venv", "dist", "node_modules", "test-results"]);

/** Lists the Markdown files of the repository, relative to its root. */
export async function markdownFiles(folder = ""): Promise<readonly string[]> {
  const files: string[] = [];
  for (const entry of await readdir(join(root, folder), { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory() && !SKIPPED.has(entry.name)) files.push(...(await markdownFiles(path)));
    else if (entry.isFile() && entry.name.endsWith(".md")) files.push(path);
  }
  return files.sort();
}
