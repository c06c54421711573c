// Programs on Node start from bundles: a few modules per package in `dist/bundle`, which `package.json` names under the
// condition `node`. All else, bundlers of pages first, takes the module per source file that the compiler has written.
import { readFile, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { decode, encode, type SourceMapSegment } from "@jridgewell/sourcemap-codec";
import { root } from "@rerun-ts/test-support/node/environment";
import { finishCode } from "./finish-code.ts";
import { rolldown, type InputOptions, type OutputOptions, type Plugin, type RolldownOutput } from "rolldown";
import { bundleCommand, WASM_ON_NODE } from "./bundle-command.ts";
import { bundlePanel } from "./bundle-panel.ts";
import { bundleReplay } from "./bundle-replay.ts";
import { bundleOf, moduleOf, readManifest, sourcesOf } from "./package-sources.ts";
import { chunksOf, modulesAtStart } from "./modules-at-start.ts";
import { importsFromOneFile } from "./one-file.ts";

/** A package that Node loads as a bundle. */
interface BundledPackage {
  readonly name: string;
  /** Modules that programs start as workers, besides the modules that the package exports. */
  readonly workers?: readonly string[];
  /** The entry points that programs load at their start. Default: `index`. */
  readonly atStart?: readonly string[];
  /**
   * An entry point that may export more names than its source. It becomes the file of everything that programs load at
   * their start. Default: this file is separate.
   */
  readonly file?: string;
  /** The entry points whose names other bundles import from `file`. Default: none. */
  readonly siblings?: readonly string[];
  /**
   * An entry point of `core` that becomes part of the bundle, because a namespace has all names of it: bundlers of
   * programs cannot leave out a namespace with names of another file. Default: none.
   */
  readonly inside?: string;
}

const BUNDLED: readonly BundledPackage[] = [
  {
    name: "core",
    atStart: ["siblings"],
    file: "siblings",
    siblings: [".", "./checks", "./encode", "./logging", "./recording", "./storage", "./transport", "./util"],
  },
  {
    name: "types",
    atStart: ["siblings"],
    file: "siblings",
    siblings: [".", "./archetype-names", "./blueprint", "./files", "./logging", "./media"],
  },
  { name: "blueprint", file: "index" },
  { name: "reading", atStart: ["index", "source"], workers: ["node/threads/compress-thread-entry"] },
  { name: "mcap", workers: ["node/decompress-thread-entry"] },
  { name: "catalog" },
  { name: "import" },
  {
    name: "node",
    inside: "@rerun-ts/core/types",
    workers: ["transport/delivery-worker-entry", "relay/hosting/relay-worker-entry"],
  },
  { name: "testing", workers: ["viewer-guard-entry"] },
];
const OUTPUT = {
  format: "esm",
  // The remaining comments tell bundlers of programs which code they may leave out.
  comments: { legal: true, annotation: true, jsdoc: false },
  sourcemap: true,
} satisfies OutputOptions;

/**
 * The packages that become part of the bundles of workers. Each worker would load all modules of these libraries, a
 * hundred, and all that programs need of `core` at their start. That takes longer than everything else at its start.
 */
const IN_WORKERS = /^@(?:bufbuild|connectrpc)\/|^@rerun-ts\/(?:core|reading)\b/;
/** The beginning of the id of a separate entry point. */
const ENTRY = "\0entry:";
/**
 * Entry points that export everything of a module. If modules were entry points themselves, those that are part of
 * another entry point would keep this from being a single file.
 */
const SEPARATE_ENTRIES: Plugin = {
  name: "separate-entries",
  resolveId: (id, importer) => {
    if (id.startsWith(ENTRY)) return id;
    // Some modules only have effects, such as matchers for a test runner, whatever their package declares.
    return importer?.startsWith(ENTRY) === true ? { id, moduleSideEffects: true } : undefined;
  },
  load: async (id) => {
    if (!id.startsWith(ENTRY)) return undefined;
    const path = id.slice(ENTRY.length);
    const module = JSON.stringify(path);
    const hasDefault = /^export (?:default\b|\{[^}]*\bdefault\b)/m.test(await readFile(path, "utf8"));
    return `export * from ${module};${hasDefault ? ` export { default } from ${module};` : ""}`;
  },
};
const NOTICE = `/*!
 * Contains parts of @connectrpc/connect and @connectrpc/connect-node (Apache-2.0), and of @bufbuild/protobuf
 * (Apache-2.0 AND BSD-3-Clause). They are dependencies of this package, and have their licenses.
 */`;

/** Bundles the packages that have an entry point for Node, from their sources. */
export async function bundlePackages(): Promise<void> {
  const shared = BUNDLED.flatMap(({ name, file, siblings }) => (file && siblings ? { name, file, siblings } : []));
  const imports = await importsFromOneFile(shared);
  await Promise.all([
    ...BUNDLED.map((bundled) => bundlePackage(bundled, imports)),
    bundleCommand(),
    bundlePanel(),
    bundleReplay(),
  ]);
}

async function bundlePackage(bundled: BundledPackage, imports: Plugin): Promise<void> {
  const { name, workers = [], atStart = ["index"], file, inside } = bundled;
  const folder = join(root, "packages", name);
  const manifest = await readManifest(folder);
  const input: Record<string, string> = {};
  for (const targets of Object.values(manifest.exports)) {
    const entry = bundleOf(targets);
    if (entry === undefined) continue;
    const module = moduleOf(entry);
    // Modules that are exported from folders lie beside the others, because their paths are found from one folder.
    input[module] = `${module === file ? "" : ENTRY}${join(folder, "src", `${module}.ts`)}`;
  }
  const alias: Record<string, string> = {};
  for (const [id, { node = "" }] of Object.entries(manifest.imports ?? {})) {
    alias[id] = join(folder, "src", `${moduleOf(node)}.ts`);
  }
  if (inside !== undefined) alias[inside] = (await sourcesOf("core"))[inside] ?? "";
  const options = {
    input,
    resolve: { alias },
    platform: "node",
    plugins: [SEPARATE_ENTRIES, imports, externalExcept((id) => id in alias), WASM_ON_NODE],
    tsconfig: false,
    // What pages load later, programs on Node load at the start.
    checks: { ineffectiveDynamicImport: false },
  } satisfies InputOptions;
  // They become one file, because each file takes time.
  const modules = modulesAtStart(await chunksOf(options), atStart);
  const isInFile = (id: string): boolean => id === input[file ?? ""] || modules.has(id);
  const output = { ...OUTPUT, dir: join(folder, "dist/bundle") };
  const preserveEntrySignatures = file === undefined ? "strict" : "allow-extension";
  await write(
    { ...options, preserveEntrySignatures },
    {
      ...output,
      chunkFileNames: "[name].js",
      cleanDir: true,
      codeSplitting: {
        groups: [{ name: file ?? "at-start", test: isInFile }],
      },
    },
  );
  if (workers.length === 0) return;
  const inWorkers = { ...alias, ...(await sourcesOf("core")), ...(await sourcesOf("reading")) };
  const forWorkers = {
    ...options,
    resolve: { alias: inWorkers },
    plugins: [externalExcept((id) => id in inWorkers || IN_WORKERS.test(id)), WASM_ON_NODE],
  };
  // Apart, because of what programs load at the start a worker needs little: its thread starts sooner, with less
  // memory.
  for (const worker of workers) {
    const entry = basename(worker);
    const chunkFileNames = `${entry}/[name].js`;
    await write(
      { ...forWorkers, input: { [entry]: join(folder, "src", `${worker}.ts`) } },
      // Names stay, so that stacks of errors name functions. A map would be larger than the code.
      {
        ...output,
        sourcemap: false,
        minify: { compress: true, mangle: false, codegen: { removeWhitespace: true } },
        chunkFileNames,
        banner: ({ moduleIds }) => (moduleIds.some(isLibrary) ? NOTICE : ""),
      },
    );
  }
}

/**
 * Leaves everything that is imported by a name outside, except for names that belong to the bundle. Modules of Node
 * have no effects, so the bundler's helpers become part of a file.
 */
function externalExcept(isInside: (id: string) => boolean): Plugin {
  return {
    name: "external-except",
    resolveId: (id) =>
      /^[./\0]/.test(id) || isInside(id)
        ? undefined
        : { id, external: true, moduleSideEffects: !id.startsWith("node:") },
  };
}

/** Whether a module is part of a library. */
function isLibrary(id: string): boolean {
  return id.includes("/node_modules/");
}

async function write(options: InputOptions, output: OutputOptions): Promise<void> {
  const bundle = await rolldown(options);
  const written = await bundle.write(output);
  await finishCode(written, output.dir ?? ".");
  await shortenMaps(written, output.dir ?? ".");
  await bundle.close();
}

/**
 * Removes the text of the sources from maps, which is in the repository, and columns: lines are enough for stacks. Both
 * would be larger than the code.
 */
async function shortenMaps({ output }: RolldownOutput, folder: string): Promise<void> {
  for (const { fileName } of output) {
    if (!fileName.endsWith(".map")) continue;
    const path = join(folder, fileName);
    const { sourcesContent: _, ...map } = JSON.parse(await readFile(path, "utf8")) as Record<string, unknown>;
    const mappings = encode(decode(String(map["mappings"])).map(linesOnly));
    await writeFile(path, JSON.stringify({ ...map, names: [], mappings }));
  }
}

/** The positions in a line of code that begin another line of a source. */
function linesOnly(positions: SourceMapSegment[]): SourceMapSegment[] {
  const kept: SourceMapSegment[] = [];
  let [source, line]: (number | undefined)[] = [];
  for (const [column, ofSource, ofLine, ofColumn] of positions) {
    if (ofSource === undefined || ofLine === undefined || (ofSource === source && ofLine === line)) continue;
    [source, line] = [ofSource, ofLine];
    kept.push([column, ofSource, ofLine, ofColumn ?? 0]);
  }
  return kept;
}
