// Each file takes time at the start of a program on Node. Bundles therefore import the names of a package from the one
// file that has all code for the start, whatever entry points the sources name.
import { join } from "node:path";
import { root } from "@rerun-ts/test-support/node/environment";
import type { Plugin } from "rolldown";
import { chunksOf, type Chunks } from "./modules-at-start.ts";
import { bundleOf, readManifest, sourcesOf } from "./package-sources.ts";

/** The names of entry points, by the names with which other packages import the entry points. */
type NamesByEntry = ReadonlyMap<string, readonly string[]>;

/** A package whose entry points share a file in its bundle. */
export interface OneFile {
  readonly name: string;
  /** The module in the sources of the package that exports the names of all entry points. */
  readonly file: string;
  /** The paths of the entry points in `package.json`. */
  readonly siblings: readonly string[];
}

/** Imports the names of the entry points of packages from the file of each package. */
export async function importsFromOneFile(packages: readonly OneFile[]): Promise<Plugin> {
  const modules = new Map<string, string>();
  for (const one of packages) {
    const file = await importNameOf(one);
    for (const [entry, names] of await namesOf(one))
      modules.set(entry, `export { ${names.join(", ")} } from ${JSON.stringify(file)};`);
  }
  return {
    name: "imports-from-one-file",
    resolveId: {
      order: "pre",
      handler: (id, importer) =>
        modules.has(id) && importer?.startsWith("\0") !== true
          ? { id: `\0${id}`, moduleSideEffects: false }
          : undefined,
    },
    load: (id) => (id.startsWith("\0") ? modules.get(id.slice(1)) : undefined),
  };
}

/** The name by which Node finds the file: that of an entry point that is the file. */
async function importNameOf({ name, file }: OneFile): Promise<string> {
  const { exports } = await readManifest(join(root, "packages", name));
  const entry = Object.keys(exports).find((path) => bundleOf(exports[path] ?? {}) === `./dist/bundle/${file}.js`);
  if (entry === undefined) throw new Error(`No entry point of ${name} is its file ${file}`);
  return join(`@rerun-ts/${name}`, entry);
}

async function namesOf({ name, file, siblings }: OneFile): Promise<NamesByEntry> {
  const sources = await sourcesOf(name);
  const ids = siblings.map((entry) => join(`@rerun-ts/${name}`, entry));
  const input = Object.fromEntries(ids.map((id, index) => [String(index), sources[id] ?? ""]));
  const chunks = await chunksOf({
    input: { ...input, file: join(root, "packages", name, `src/${file}.ts`) },
    external: /^[^./]/,
    platform: "node",
    tsconfig: false,
  });
  const all = new Set(exportsOf(chunks, "file"));
  return new Map(
    ids.map((id, index) => {
      const names = exportsOf(chunks, String(index));
      const missing = names.filter((exported) => !all.has(exported));
      // A name that two entry points give to different things is missing, too.
      if (missing.length > 0) throw new Error(`${file}.ts of ${name} must export ${missing.join(", ")} of ${id}`);
      return [id, names];
    }),
  );
}

function exportsOf(chunks: Chunks, entry: string): readonly string[] {
  return chunks.get(`${entry}.js`)?.exports ?? [];
}
