import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

/** What protoc-gen-es makes of proto/, by path. */
export async function protobufFiles(root) {
  const out = await mkdtemp(join(tmpdir(), "rerun-ts-proto-"));
  try {
    await promisify(execFile)("npx", ["--no-install", "buf", "generate", "--output", out], { cwd: root });
    const entries = await readdir(out, { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
    return await Promise.all(files.map(async (file) => [file.slice(out.length + 1), await readFile(file, "utf8")]));
  } finally {
    await rm(out, { recursive: true });
  }
}
