// `npm run generate`: writes packages/*/src/gen and docs/archetypes.md from definitions/ and proto/.
// `npm run generate -- --check` writes nothing and fails if a file would change.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { typeFiles, viewFiles } from "./all-files.ts";
import { archetypePage } from "./archetype-page.ts";
import { readDefinitions } from "./definitions.ts";
import { protobufFiles } from "./protobuf.ts";

/** The folders that hold nothing but generated files. */
const FOLDERS = ["packages/types/src/gen", "packages/blueprint/src/gen", "packages/core/src/gen"];

const root = join(dirname(fileURLToPath(import.meta.url)), "../..");

const files = await allFiles();
const stale = [...files.keys()].filter((path) => read(path) !== files.get(path));
const orphans = FOLDERS.flatMap(list).filter((path) => !files.has(path));
if (process.argv.includes("--check")) {
  report();
} else {
  write();
}

/** Everything that is generated: path → content. */
async function allFiles(): Promise<Map<string, string>> {
  const definitions = readDefinitions(join(root, "definitions"));
  const protobuf = await protobufFiles(root);
  return new Map([
    ...typeFiles(definitions),
    ...viewFiles(definitions),
    ["docs/archetypes.md", archetypePage(definitions)],
    ...[...protobuf].map(([path, content]): [string, string] => [`packages/core/src/gen/${path}`, content]),
  ]);
}

function report(): void {
  console.log(`${files.size} generated files, ${stale.length} stale`);
  if (stale.length + orphans.length === 0) return;
  for (const path of stale) console.error(`stale: ${path}`);
  for (const path of orphans) console.error(`no longer generated: ${path}`);
  console.error("Generated files do not match definitions/ and proto/: run `npm run generate`.");
  process.exitCode = 1;
}

function write(): void {
  for (const path of orphans) rmSync(join(root, path));
  for (const path of stale) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), files.get(path) ?? "");
  }
  console.log(`${files.size} generated files, ${stale.length} changed`);
}

function read(path: string): string | undefined {
  const absolute = join(root, path);
  return existsSync(absolute) ? readFileSync(absolute, "utf8") : undefined;
}

function list(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1));
}
