import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { typeFiles, viewFiles } from "./all-files.ts";
import { archetypePage } from "./archetype-page.ts";
import { commandReference } from "./command-reference.ts";
import { readDefinitions } from "./definitions.ts";
import { layoutNamesFile } from "./layout-names-file.ts";
import { protobufFiles } from "./protobuf.ts";
import { wasmFile } from "./wasm-file.ts";

/** The folders that hold nothing but generated files. */
const FOLDERS = [
  "packages/types/src/gen",
  "packages/blueprint/src/gen",
  "packages/core/src/gen",
  "packages/reading/src/gen",
  "packages/catalog/src/gen",
];

/** Parts of the LZ4 encoder and decoder, in the text format of WebAssembly. */
const LZ4_WASM = "packages/core/src/compress/wasm/lz4.wat";

/** What is generated from `definitions/`, `proto/`, `lz4.wat` and the tables of commands, and how the files in the repository differ from it. */
export interface GeneratedFiles {
  /** Path → content. */
  readonly files: ReadonlyMap<string, string>;
  /** The files that are missing or have another content. */
  readonly stale: readonly string[];
  /** The files that are no longer generated. */
  readonly orphans: readonly string[];
}

/** Generates everything and compares it with the files in the repository. Changes nothing. */
export async function generateFiles(root: string): Promise<GeneratedFiles> {
  const definitions = readDefinitions(join(root, "definitions"));
  const protobuf = await protobufFiles(root);
  const files = new Map([
    ...typeFiles(definitions),
    ...viewFiles(definitions),
    ["packages/reading/src/gen/layout-names.ts", layoutNamesFile(definitions)],
    ["docs/archetypes.md", archetypePage(definitions)],
    await commandReference(root),
    ["packages/core/src/gen/lz4-wasm.ts", await wasmFile(join(root, LZ4_WASM), "LZ4_WASM")],
    ...protobuf,
  ]);
  return {
    files,
    stale: [...files.keys()].filter((path) => read(join(root, path)) !== files.get(path)),
    orphans: FOLDERS.flatMap((folder) => list(root, folder)).filter((path) => !files.has(path)),
  };
}

/** Writes stale files and removes orphans. */
export function writeFiles(root: string, { files, stale, orphans }: GeneratedFiles): void {
  for (const path of orphans) rmSync(join(root, path));
  for (const path of stale) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), files.get(path) ?? "");
  }
}

function read(path: string): string | undefined {
  return existsSync(path) ? readFileSync(path, "utf8") : undefined;
}

function list(root: string, folder: string): string[] {
  if (!existsSync(join(root, folder))) return [];
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1));
}
