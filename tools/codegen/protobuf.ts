import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runBuf } from "../lib/run-buf.ts";

/** Runs protoc-gen-es on `proto/` and returns the files it writes: path → content. */
export async function protobufFiles(root: string): Promise<Map<string, string>> {
  const out = await mkdtemp(join(tmpdir(), "rerun-ts-proto-"));
  try {
    await runBuf(["generate", "--output", out], root);
    const entries = await readdir(out, { recursive: true, withFileTypes: true });
    const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
    const contents = await Promise.all(paths.map((path) => readFile(path, "utf8")));
    return new Map(paths.map((path, index) => placeOf(path.slice(out.length + 1), contents[index] ?? "")));
  } finally {
    await rm(out, { recursive: true });
  }
}

/** The place of a file. The service of catalogs is in the package for catalogs, the messages below it are in `core`. */
function placeOf(path: string, content: string): [path: string, content: string] {
  if (!path.endsWith("/cloud_pb.ts")) return [`packages/core/src/gen/${path}`, content];
  return [
    `packages/catalog/src/gen/${path}`,
    content.replaceAll(/"\.\.\/\.\.\/\w+\/v1alpha1\/\w+_pb\.ts"/g, '"@rerun-ts/core/protobuf"'),
  ];
}
