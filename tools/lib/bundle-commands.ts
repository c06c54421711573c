// The bundles of the command `rerun-ts`: of its program, and of what it needs of `arrow`. A command ends soon after its
// start, so they have few files, without the code that the command does not need.
import { readdir, readFile, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { useOwnNames } from "./own-names.ts";
import { rolldown, type CodeSplittingGroup, type InputOptions, type OutputOptions, type Plugin } from "rolldown";
import { chunksOf, modulesAtStart } from "./modules-at-start.ts";

/** Modules by their names in a bundle. */
type Modules = Readonly<Record<string, string>>;

/** Bundles without maps: the code is as readable as its map would be, which is larger. */
const OUTPUT = {
  format: "esm",
  comments: { legal: true, annotation: true, jsdoc: false },
  sourcemap: false,
  chunkFileNames: "[name].js",
} satisfies OutputOptions;

/** The name of the file that it may load before all others. */
const EARLY = "early";

/** What a program imports: all packages but `core`. */
const BESIDE_PROGRAM = /^(?!@rerun-ts\/core(?:\/|$)|[./])/;
/** The packages that a standalone module imports: siblings that log, and those that users install if they need them. */
const BESIDE_STANDALONE = /^(?:node:|@rerun-ts\/types$|@mcap\/|hyparquet)/;

/** The name of the file that a command loads at its start. */
const AT_START = "at-start";

/** A bundle of modules that a command loads. */
export interface CommandBundle {
  /** How the modules of the package are found, and those of the packages that become part of the bundle. */
  readonly options: InputOptions;
  readonly entry: Modules;
  readonly folder: string;
  /** Modules that a command loads before all others. They lie in a file of their own. */
  readonly early: Modules;
  /** The modules of frequent commands. What several of them load at once lies in few files. */
  readonly frequent: Modules;
}

/** Bundles a program. Modules `beside` it stay in the bundle of its package, which lies in the folder above. */
export async function bundleProgram(bundle: CommandBundle, beside: readonly string[]): Promise<void> {
  const inPackage: Plugin = {
    name: "beside-program",
    resolveId(id, importer) {
      const path = importer === undefined ? id : join(dirname(importer), id);
      return beside.includes(path) ? { id: `../${basename(path, ".ts")}.js`, external: true } : undefined;
    },
  };
  await write({
    ...bundle,
    options: { ...bundle.options, external: BESIDE_PROGRAM, plugins: [bundle.options.plugins, inPackage] },
  });
}

/** Bundles a module with its libraries, into a folder of its own, where their licenses lie, too. */
export async function bundleStandalone(bundle: CommandBundle): Promise<void> {
  const options = {
    ...bundle.options,
    external: BESIDE_STANDALONE,
    plugins: [bundle.options.plugins, ONE_CORE_WITH_TYPES, ZSTD_WITHOUT_FETCH],
  };
  const modules = await write({ ...bundle, options });
  await writeFile(join(bundle.folder, "LICENSES.txt"), await licensesOf(modules.filter(isLibrary)));
}

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

/** Writes a bundle, and returns its modules. */
async function write({ options, entry, folder, early, frequent }: CommandBundle): Promise<readonly string[]> {
  const groups = await sharedGroups({ options, entry, early, frequent });
  const bundle = await rolldown({ ...options, input: { ...entry } });
  const written = await bundle.write({ ...OUTPUT, dir: folder, codeSplitting: { groups } });
  await useOwnNames(written, folder);
  const { output } = written;
  await bundle.close();
  return output.flatMap((file) => (file.type === "chunk" ? file.moduleIds : []));
}

/**
 * A file for what all commands load at the start, and one for each set of modules that the same frequent commands load
 * later. Each file takes as long as 50 kB of code. Other commands may load what they do not need.
 */
async function sharedGroups(bundle: Omit<CommandBundle, "folder">): Promise<CodeSplittingGroup[]> {
  const { options, entry, early, frequent } = bundle;
  const chunks = await chunksOf({ ...options, input: { ...entry, ...early, ...frequent } });
  const users = new Map<string, string[]>();
  for (const name of Object.keys(frequent))
    for (const id of modulesAtStart(chunks, [name])) users.set(id, [...(users.get(id) ?? []), name]);
  for (const name of Object.keys(early)) for (const id of modulesAtStart(chunks, [name])) users.set(id, [EARLY]);
  for (const id of modulesAtStart(chunks, Object.keys(entry))) users.set(id, [AT_START]);
  for (const id of Object.values(entry)) users.delete(id);
  const nameOf = (id: string): string => users.get(id)?.join("+") ?? "";
  const names = [...new Set([...users.keys()].map(nameOf))];
  // A group takes all that its modules import, unless a group of higher priority has it.
  const priorityOf = (name: string): number =>
    name === AT_START || name === EARLY ? Object.keys(frequent).length + 1 : name.split("+").length;
  return names.map((name) => ({ name, test: (id) => nameOf(id) === name, priority: priorityOf(name) }));
}

/** Whether a module is part of a library. */
function isLibrary(id: string): boolean {
  return id.includes("/node_modules/");
}

/** The folder of the package that a module of a library belongs to. */
const LIBRARY = /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+/;

/** The licenses of the libraries that modules belong to. */
async function licensesOf(modules: readonly string[]): Promise<string> {
  const folders = new Set(modules.flatMap((id) => LIBRARY.exec(id) ?? []));
  const licenses = [...folders].toSorted().map(async (folder) => {
    const text = await readFile(join(folder, "package.json"), "utf8");
    const { name, version, license } = JSON.parse(text) as Record<string, string>;
    const files = (await readdir(folder)).filter((file) => /^(?:licen[cs]e|notice|copyright)/i.test(file)).toSorted();
    const texts = await Promise.all(files.map((file) => readFile(join(folder, file), "utf8")));
    return [`${name} ${version}: ${license}`, ...texts].map((part) => part.trim()).join("\n\n");
  });
  return `${(await Promise.all(licenses)).join(`\n\n${"-".repeat(80)}\n\n`)}\n`;
}
