// Programs on Node start from bundles: a few modules per package in `dist/bundle`, which `package.json` names under the
// condition `node`. All else, bundlers of pages first, takes the module per source file that the compiler has written.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { root } from "@rerun-ts/test-support/node/environment";
import { rolldown } from "rolldown";

/** A package that Node loads as a bundle. */
interface BundledPackage {
  readonly name: string;
  /** Modules that are started as workers, beside those that the package exports. */
  readonly workers?: readonly string[];
  /** Whether modules that are imported when they are needed stay apart. Default: `false`, one module for all. */
  readonly lazy?: boolean;
}

/** The parts of a package.json that say where its modules are. */
interface Manifest {
  readonly exports: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly imports?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

const BUNDLED: readonly BundledPackage[] = [
  { name: "core", lazy: true },
  { name: "types" },
  { name: "blueprint" },
  { name: "arrow", lazy: true },
  { name: "node", lazy: true, workers: ["transport/delivery-worker-entry", "relay/hosting/relay-worker-entry"] },
];
const BUILT = /^\.\/dist\/(?:bundle\/)?(.*)\.js$/;

/** Bundles the packages that have an entry point for Node, from their sources. */
export async function bundlePackages(): Promise<void> {
  await Promise.all(BUNDLED.map((bundled) => bundlePackage(bundled)));
}

async function bundlePackage({ name, workers = [], lazy = false }: BundledPackage): Promise<void> {
  const folder = join(root, "packages", name);
  const manifest = JSON.parse(await readFile(join(folder, "package.json"), "utf8")) as Manifest;
  const input: Record<string, string> = {};
  for (const { node } of Object.values(manifest.exports)) {
    if (node === undefined) continue;
    const module = moduleOf(node);
    // Modules that are exported from folders lie beside the others, because their paths are found from one folder.
    input[module] = join(folder, "src", `${module}.ts`);
  }
  for (const worker of workers) input[worker.slice(worker.lastIndexOf("/") + 1)] = join(folder, "src", `${worker}.ts`);
  const alias: Record<string, string> = {};
  for (const [id, { node = "" }] of Object.entries(manifest.imports ?? {})) {
    alias[id] = join(folder, "src", `${moduleOf(node)}.ts`);
  }
  const bundle = await rolldown({
    input,
    resolve: { alias },
    external: (id) => !id.startsWith(".") && !id.startsWith("/") && !(id in alias),
    platform: "node",
    tsconfig: false,
    // Where all is one module, there is nothing to be imported later.
    checks: { ineffectiveDynamicImport: lazy },
  });
  await bundle.write({
    dir: join(folder, "dist/bundle"),
    format: "esm",
    chunkFileNames: "[name].js",
    // What remains tells bundlers of programs what may be left out.
    comments: { legal: true, annotation: true, jsdoc: false },
    sourcemap: true,
    cleanDir: true,
    ...(lazy ? {} : { codeSplitting: { groups: [{ name: "package", test: () => true }] } }),
  });
  await bundle.close();
}

/** The module, as a path within the sources and without an extension, that was built into a file. */
function moduleOf(file: string): string {
  const module = BUILT.exec(file)?.[1];
  if (module === undefined) throw new Error(`${file} is not a file that is built`);
  return module;
}
