// Programs on Node start from bundles: a few modules per package in `dist/bundle`, which `package.json` names under the
// condition `node`. All else, bundlers of pages first, takes the module per source file that the compiler has written.
import { readFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { root } from "@rerun-ts/test-support/node/environment";
import { useOwnNames } from "./own-names.ts";
import { rolldown, type InputOptions, type OutputOptions, type Plugin } from "rolldown";
import { bundleProgram, bundleStandalone } from "./bundle-commands.ts";
import { chunksOf, modulesAtStart } from "./modules-at-start.ts";

/** A package that Node loads as a bundle. */
interface BundledPackage {
  readonly name: string;
  /** Modules that programs start as workers, besides the modules that the package exports. */
  readonly workers?: readonly string[];
  /** The entry points that other packages here always load. Default: none. */
  readonly siblings?: readonly string[];
  /** An exported module whose bundle contains the libraries that it uses, and those parts of `core`. Default: none. */
  readonly standalone?: string;
  /** An exported module that is a program, and is bundled apart with the part of `core` that it uses. Default: none. */
  readonly program?: string;
  /** Modules that the program loads from the bundle of the package, which has most of what they need. Default: none. */
  readonly besideProgram?: readonly string[];
  /** The modules of the standalone bundle that commands load before the others. Default: none. */
  readonly early?: readonly string[];
  /** The modules of frequent commands, which share few files. Default: none. */
  readonly frequent?: readonly string[];
}

/** The parts of a package.json that say where its modules are. */
interface Manifest {
  readonly exports: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly imports?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

const BUNDLED: readonly BundledPackage[] = [
  { name: "core", siblings: ["checks", "encode", "recording", "storage", "transport"] },
  { name: "types", siblings: ["archetype-names", "media"] },
  { name: "blueprint" },
  {
    name: "arrow",
    standalone: "commands",
    frequent: ["mcap/chunks/mcap-rrd", "mcap/info/mcap-info", "tools/optimize-rrd", "tools/stats-rrd"],
    early: ["node/threads/threads", "mcap/file/first-chunks"],
    workers: ["node/threads/decompress-thread-entry", "node/threads/compress-thread-entry"],
  },
  {
    name: "node",
    program: "cli/main",
    frequent: ["cli/mcap/mcap-command", "cli/rrd/rrd-command"],
    besideProgram: [
      "cli/serve-command",
      "cli/seal-command",
      "cli/download/download-command",
      "cli/view-command",
      "cli/link-command",
    ],
    workers: ["transport/delivery-worker-entry", "relay/hosting/relay-worker-entry", "testing/viewer-guard-entry"],
  },
];
const OUTPUT = {
  format: "esm",
  // The remaining comments tell bundlers of programs which code they may leave out.
  comments: { legal: true, annotation: true, jsdoc: false },
  sourcemap: true,
} satisfies OutputOptions;
const BUILT = /^\.\/dist\/(?:bundle\/)?(.*)\.js$/;

/**
 * The packages that become part of the bundles of workers. Each worker would load all modules of these libraries, a
 * hundred, and all that programs need of `core` at their start. That takes longer than everything else at its start.
 */
const IN_WORKERS = /^@(?:bufbuild|connectrpc)\/|^@rerun-ts\/core\b/;
const NOTICE = `/*!
 * Contains parts of @connectrpc/connect and @connectrpc/connect-node (Apache-2.0), and of @bufbuild/protobuf
 * (Apache-2.0 AND BSD-3-Clause). They are dependencies of this package, and have their licenses.
 */`;

/** Puts WebAssembly into bundles for Node. The other modules work in pages that forbid it, and need no import map. */
const WASM_ON_NODE: Plugin = {
  name: "wasm-on-node",
  resolveId: (id, importer = "") => (id === "./no-wasm.ts" ? join(dirname(importer), "wasm/lz4-wasm.ts") : undefined),
};

/** Bundles the packages that have an entry point for Node, from their sources. */
export async function bundlePackages(): Promise<void> {
  await Promise.all(BUNDLED.map((bundled) => bundlePackage(bundled)));
}

async function bundlePackage(bundled: BundledPackage): Promise<void> {
  const {
    name,
    workers = [],
    siblings = [],
    standalone,
    program,
    besideProgram = [],
    early = [],
    frequent = [],
  } = bundled;
  const folder = join(root, "packages", name);
  const manifest = await readManifest(folder);
  const input: Record<string, string> = {};
  for (const [path, { node }] of Object.entries(manifest.exports)) {
    if (node === undefined || path === `./${standalone}`) continue;
    const module = moduleOf(node);
    if (module === program) continue;
    // Modules that are exported from folders lie beside the others, because their paths are found from one folder.
    input[module] = join(folder, "src", `${module}.ts`);
  }
  Object.assign(input, pathsOf(join(folder, "src"), besideProgram));
  const alias: Record<string, string> = {};
  for (const [id, { node = "" }] of Object.entries(manifest.imports ?? {})) {
    alias[id] = join(folder, "src", `${moduleOf(node)}.ts`);
  }
  const options = {
    input,
    resolve: { alias },
    external: (id) => !id.startsWith(".") && !id.startsWith("/") && !(id in alias),
    platform: "node",
    plugins: [WASM_ON_NODE],
    tsconfig: false,
  } satisfies InputOptions;
  // They become one file, because each file takes time.
  const atStart = modulesAtStart(await chunksOf(options), ["index", ...siblings]);
  const output = { ...OUTPUT, dir: join(folder, "dist/bundle") };
  await write(options, {
    ...output,
    chunkFileNames: "[name].js",
    cleanDir: true,
    codeSplitting: {
      groups: [{ name: "at-start", test: (id) => atStart.has(id) }],
    },
  });
  const sources = join(folder, "src");
  const withCore = { ...options, resolve: { alias: { ...alias, ...(await sourcesOf("core")) } } };
  if (standalone !== undefined) {
    const { "@rerun-ts/types": _, ...partsOfTypes } = await sourcesOf("types");
    await bundleStandalone({
      options: { ...withCore, resolve: { alias: { ...withCore.resolve.alias, ...partsOfTypes } } },
      entry: pathsOf(sources, [standalone]),
      folder: join(folder, "dist/bundle", standalone),
      early: pathsOf(sources, early),
      frequent: pathsOf(sources, frequent),
    });
  }
  if (program !== undefined) {
    await bundleProgram(
      {
        options: withCore,
        entry: pathsOf(sources, [program]),
        folder: join(folder, "dist/bundle", dirname(program)),
        early: {},
        frequent: pathsOf(sources, frequent),
      },
      Object.values(pathsOf(sources, besideProgram)),
    );
  }
  const forWorkers = {
    ...withCore,
    external: (id: string) => !IN_WORKERS.test(id) && options.external(id),
  };
  // Apart, because of what programs load at the start a worker needs little: its thread starts sooner, with less
  // memory.
  for (const worker of workers) {
    const entry = basename(worker);
    const chunkFileNames = `${entry}/[name].js`;
    await write(
      { ...forWorkers, input: { [entry]: join(folder, "src", `${worker}.ts`) } },
      // Their code is as readable as its map would be, which is larger.
      {
        ...output,
        sourcemap: false,
        chunkFileNames,
        banner: ({ moduleIds }) => (moduleIds.some(isLibrary) ? NOTICE : ""),
      },
    );
  }
}

async function readManifest(folder: string): Promise<Manifest> {
  return JSON.parse(await readFile(join(folder, "package.json"), "utf8")) as Manifest;
}

/** The sources of a package's entry points, by the names with which other packages import them. */
async function sourcesOf(name: string): Promise<Record<string, string>> {
  const folder = join(root, "packages", name);
  const { exports } = await readManifest(folder);
  const sources: Record<string, string> = {};
  // A name would also match those that continue it.
  for (const path of Object.keys(exports).toSorted().toReversed()) {
    const { node } = exports[path] ?? {};
    if (node !== undefined) sources[join(`@rerun-ts/${name}`, path)] = join(folder, "src", `${moduleOf(node)}.ts`);
  }
  return sources;
}

/** Whether a module is part of a library. */
function isLibrary(id: string): boolean {
  return id.includes("/node_modules/");
}

async function write(options: InputOptions, output: OutputOptions): Promise<void> {
  const bundle = await rolldown(options);
  await useOwnNames(await bundle.write(output), output.dir ?? ".");
  await bundle.close();
}

/** The paths of modules by their names. */
function pathsOf(sources: string, modules: readonly string[]): Record<string, string> {
  return Object.fromEntries(modules.map((module) => [basename(module), join(sources, `${module}.ts`)]));
}

/** The module, as a path within the sources and without an extension, that was built into a file. */
function moduleOf(file: string): string {
  const module = BUILT.exec(file)?.[1];
  if (module === undefined) throw new Error(`${file} is not a file that is built`);
  return module;
}
