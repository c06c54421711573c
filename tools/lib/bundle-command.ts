// The bundle of the command `rerun-ts`: its program, its libraries, and what it needs of the packages that it calls. A
// command ends soon after its start, so the bundle has few files, without the code that the command does not need.
import { readdir, readFile, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { root } from "@rerun-ts/test-support/node/environment";
import { rolldown, type CodeSplittingGroup, type InputOptions, type OutputOptions, type Plugin } from "rolldown";
import { directImports } from "./direct-imports.ts";
import { chunksOf, modulesAtStart } from "./modules-at-start.ts";
import { finishCode } from "./finish-code.ts";
import { moduleOf, readManifest, sourcesOf } from "./package-sources.ts";

/** Modules by their names in the bundle. */
type Modules = Readonly<Record<string, string>>;

const SOURCES = join(root, "packages/cli/src");
const FOLDER = join(root, "packages/cli/dist/bundle");

/** The program. */
const ENTRIES = modules("main");
/** Modules that a command loads before all others. They lie in a file of their own. */
const EARLY_MODULES: Modules = { threads: join(root, "packages/mcap/src/threads.ts") };
/** The modules of frequent commands. What several of them load together lies in few files. */
const FREQUENT = modules(
  "mcap/convert-command",
  "mcap/convert-mcap",
  "mcap/info-command",
  "rrd/compare-command",
  "rrd/optimize-command",
  "rrd/stats-command",
);

/** Modules that frequent commands load later whatever their input, by the names of the commands. */
const ALWAYS_LATER: Modules = { "optimize-command": join(root, "packages/reading/src/tools/optimize-plan.ts") };

/** Bundles without maps: the code is as readable as its map would be, which is larger. */
const OUTPUT = {
  format: "esm",
  comments: { legal: true, annotation: true, jsdoc: false },
  sourcemap: false,
  cleanDir: true,
  chunkFileNames: "[name].js",
  minifyInternalExports: false,
} satisfies OutputOptions;

/** The packages whose sources become part of the bundle, as far as commands need them. */
const INSIDE = ["core", "reading", "mcap", "catalog", "controls", "types", "node"];
/**
 * What stays outside: `types`, which logs to recordings of the `core` that it imports, the parts of `node` that load
 * much, and libraries that few users need.
 */
const OUTSIDE =
  /^(?:@rerun-ts\/types$|@rerun-ts\/replay|@rerun-ts\/node(?:\/(?:relay|web-viewer))?$|@mcap\/|hyparquet)/;

/** The name of the file that it may load before all others. */
const EARLY = "early";

/** The name of the file that a command loads at its start. */
const AT_START = "at-start";
/** The name of the file with what several frequent commands load. */
const SHARED = "shared";
/** The modules of frequent commands that load little. Similar commands load their files, too. */
const SMALL = ["convert-command", "info-command", "stats-command"];
/** The name of the file with what several of these load. */
const COMMON = "common";

/** Bundles the command with its libraries, whose licenses lie in the same folder. */
export async function bundleCommand(): Promise<void> {
  const alias: Record<string, string> = {};
  for (const name of INSIDE)
    for (const [id, path] of Object.entries(await sourcesOf(name))) if (!OUTSIDE.test(id)) alias[id] = path;
  const options = {
    resolve: { alias },
    external: OUTSIDE,
    platform: "node",
    plugins: [
      await directImports(alias),
      await ownImports(),
      NODE_MODULES,
      WASM_ON_NODE,
      ONE_CORE_WITH_TYPES,
      THREADS_OF_PACKAGES,
      ZSTD_WITHOUT_FETCH,
    ],
    tsconfig: false,
  } satisfies InputOptions;
  const groups = await sharedGroups(options);
  const bundle = await rolldown({ ...options, input: { ...ENTRIES }, preserveEntrySignatures: "allow-extension" });
  const written = await bundle.write({
    ...OUTPUT,
    dir: FOLDER,
    codeSplitting: { groups, includeDependenciesRecursively: false },
  });
  await finishCode(written, FOLDER);
  await bundle.close();
  const bundled = written.output.flatMap((file) => (file.type === "chunk" ? file.moduleIds : []));
  await writeFile(join(FOLDER, "LICENSES.txt"), await licensesOf(bundled.filter(isLibrary)));
}

/** Resolves names such as `#threads` for Node, in the package of the module that imports them. */
async function ownImports(): Promise<Plugin> {
  const imports = new Map<string, string>();
  for (const name of INSIDE) {
    const folder = join(root, "packages", name);
    for (const [id, { node = "" }] of Object.entries((await readManifest(folder)).imports ?? {}))
      imports.set(`${name} ${id}`, join(folder, "src", `${moduleOf(node)}.ts`));
  }
  return {
    name: "own-imports",
    resolveId: (id, importer = "") =>
      id.startsWith("#") ? imports.get(`${/\/packages\/([^/]+)\//.exec(importer)?.[1]} ${id}`) : undefined,
  };
}

/** Modules of Node, which have no effects, so the bundler's helpers become part of a file. */
const NODE_MODULES: Plugin = {
  name: "node-modules",
  resolveId: (id) => (id.startsWith("node:") ? { id, external: true, moduleSideEffects: false } : undefined),
};

/** Puts WebAssembly into bundles for Node. The other modules work in pages that forbid it, and need no import map. */
export const WASM_ON_NODE: Plugin = {
  name: "wasm-on-node",
  resolveId: (id, importer = "") => (id === "./no-wasm.ts" ? join(dirname(importer), "wasm/lz4-wasm.ts") : undefined),
};

/** Starts the programs of threads from the packages that have them. */
const THREADS_OF_PACKAGES: Plugin = {
  name: "threads-of-packages",
  transform(code, id) {
    const name = /\/packages\/(reading|mcap)\/src\/node\/(?:threads\/)?threads\.ts$/.exec(id)?.[1];
    if (name === undefined) return undefined;
    if (!code.includes("import.meta.url")) throw new Error(`${id} finds its threads in another way`);
    return { code: code.replace("import.meta.url", `import.meta.resolve("@rerun-ts/${name}")`), map: null };
  },
};

/** Leaves `core` outside for the module that logs, because `types` logs to recordings of the `core` that it imports. */
const ONE_CORE_WITH_TYPES: Plugin = {
  name: "one-core-with-types",
  resolveId: (id, importer) =>
    id === "@rerun-ts/core" && importer?.endsWith("/robot-chunks.ts") === true ? { id, external: true } : undefined,
};

const BY_FETCH = 'typeof fetch !== "undefined"';

/** Decodes the program of `zstddec` with `Buffer`: its `fetch` of a `data:` URL makes Node load an HTTP client. */
const ZSTD_WITHOUT_FETCH: Plugin = {
  name: "zstd-without-fetch",
  transform(code, id) {
    if (!id.includes("/node_modules/zstddec/")) return undefined;
    if (!code.includes(BY_FETCH)) throw new Error(`${id} decodes its program in another way`);
    return { code: code.replace(BY_FETCH, 'typeof Buffer === "undefined"'), map: null };
  },
};

/**
 * A file for what all commands load at the start, one for what several frequent commands load later, and one for the
 * rest of each. Each file takes as long as 50 kB of code. Commands may load what they do not need.
 */
async function sharedGroups(options: InputOptions): Promise<CodeSplittingGroup[]> {
  const later = Object.fromEntries(Object.entries(ALWAYS_LATER).map(([name, path]) => [laterThan(name), path]));
  const chunks = await chunksOf({ ...options, input: { ...ENTRIES, ...EARLY_MODULES, ...FREQUENT, ...later } });
  const files = new Map<string, string>();
  for (const name of Object.keys(FREQUENT))
    for (const id of modulesAtStart(chunks, [name, laterThan(name)])) files.set(id, files.has(id) ? SHARED : name);
  const small = SMALL.map((name) => ({ name, ids: modulesAtStart(chunks, [name]) }));
  for (const { name, ids } of small)
    for (const id of ids) files.set(id, small.filter((other) => other.ids.has(id)).length > 1 ? COMMON : name);
  for (const name of Object.keys(EARLY_MODULES)) for (const id of modulesAtStart(chunks, [name])) files.set(id, EARLY);
  for (const id of modulesAtStart(chunks, ["main"])) files.set(id, AT_START);
  for (const id of Object.values(ENTRIES)) files.delete(id);
  return [...new Set(files.values())].map((name) => ({ name, test: (id) => files.get(id) === name }));
}

/** The name of the modules that a command always loads later. */
function laterThan(name: string): string {
  return `${name}-later`;
}

/** Whether a module is part of a library. */
function isLibrary(id: string): boolean {
  return id.includes("/node_modules/");
}

/** The folder of the package that a module of a library belongs to. */
const LIBRARY = /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+/;

/** The licenses of the libraries that modules belong to. */
async function licensesOf(ids: readonly string[]): Promise<string> {
  const folders = new Set(ids.flatMap((id) => LIBRARY.exec(id) ?? []));
  const licenses = [...folders].toSorted().map(async (folder) => {
    const text = await readFile(join(folder, "package.json"), "utf8");
    const { name, version, license } = JSON.parse(text) as Record<string, string>;
    const files = (await readdir(folder)).filter((file) => /^(?:licen[cs]e|notice|copyright)/i.test(file)).toSorted();
    const texts = await Promise.all(files.map((file) => readFile(join(folder, file), "utf8")));
    return [`${name} ${version}: ${license}`, ...texts].map((part) => part.trim()).join("\n\n");
  });
  return `${(await Promise.all(licenses)).join(`\n\n${"-".repeat(80)}\n\n`)}\n`;
}

/** The paths of modules of the command by their names. */
function modules(...names: readonly string[]): Modules {
  return Object.fromEntries(names.map((name) => [basename(name), join(SOURCES, `${name}.ts`)]));
}
