import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { root } from "@rerun-ts/test-support/node/environment";

/** The parts of a package.json that say where its modules are. */
export interface Manifest {
  readonly exports: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly imports?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

const BUILT = /^\.\/dist\/(?:bundle\/)?(.*)\.js$/;

/** Reads the package.json of a package's folder. */
export async function readManifest(folder: string): Promise<Manifest> {
  return JSON.parse(await readFile(join(folder, "package.json"), "utf8")) as Manifest;
}

/** The sources of a package's entry points, by the names with which other packages import them. */
export async function sourcesOf(name: string): Promise<Record<string, string>> {
  const folder = join(root, "packages", name);
  const { exports } = await readManifest(folder);
  const sources: Record<string, string> = {};
  // A name would also match those that continue it.
  for (const path of Object.keys(exports).toSorted().toReversed()) {
    const targets = exports[path] ?? {};
    // Several entry points may be one file of the bundle.
    if (bundleOf(targets) !== undefined)
      sources[join(`@rerun-ts/${name}`, path)] = join(folder, "src", `${moduleOf(targets["default"] ?? "")}.ts`);
  }
  return sources;
}

/** The module, as a path within the sources and without an extension, that was built into a file. */
export function moduleOf(file: string): string {
  const module = BUILT.exec(file)?.[1];
  if (module === undefined) throw new Error(`${file} is not a file that is built`);
  return module;
}

/** The file of the bundle that Node loads for an entry point, if it has one. */
export function bundleOf({ node, default: built }: Readonly<Record<string, string>>): string | undefined {
  return node ?? (built?.startsWith("./dist/bundle/") === true ? built : undefined);
}
