// Writes packages/*/src/gen and docs/archetypes.md from definitions/ and proto/.
// `node tools/codegen/generate.mjs --check` writes nothing and fails if something would change.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { archetypePage } from "./archetype-page.mjs";
import { readDefinitions } from "./definitions.mjs";
import { protobufFiles } from "./protobuf.mjs";
import { typeFiles } from "./all-files.mjs";
import { archetypeNames, reExports, replaceMarked } from "./public-names.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "../..");
const isCheck = process.argv.includes("--check");

const definitions = readDefinitions(join(root, "definitions"));
/** Path → content of everything that is generated. */
const files = typeFiles(definitions);
files.set("docs/archetypes.md", archetypePage(definitions));
for (const [path, content] of await protobufFiles(root)) files.set(`packages/core/src/gen/${path}`, content);
const indexOf = (name) => `packages/${name}/src/index.ts`;
const typesIndexText = replaceMarked(read(indexOf("types")), archetypeNames(definitions));
files.set(indexOf("types"), typesIndexText);
for (const name of ["node", "web"]) {
  files.set(indexOf(name), replaceMarked(read(indexOf(name)), reExports(typesIndexText)));
}

const stale = [...files].filter(([path, content]) => read(path) !== content).map(([path]) => path);
const orphans = ["packages/types/src/gen", "packages/core/src/gen"].flatMap(list).filter((path) => !files.has(path));
if (isCheck) {
  for (const path of [...stale, ...orphans]) console.error(`stale: ${path}`);
  if (stale.length + orphans.length > 0) {
    console.error("Generated files are not what definitions/ and proto/ say: run `npm run generate`.");
    process.exit(1);
  }
} else {
  for (const path of orphans) rmSync(join(root, path));
  for (const path of stale) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), files.get(path));
  }
}
console.log(`${files.size} generated files, ${stale.length} ${isCheck ? "stale" : "changed"}`);

function read(path) {
  try {
    return readFileSync(join(root, path), "utf8");
  } catch {
    return undefined;
  }
}

function list(folder) {
  try {
    return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1));
  } catch {
    return [];
  }
}
