import { join } from "node:path";
import * as esbuild from "esbuild";
import * as vite from "vite";
import { root } from "../node/environment.ts";

/** A program bundled with everything that it loads at its start, minified as in an application. */
export interface Bundle {
  readonly bytes: Uint8Array;
  readonly text: string;
  /** The modules that the bundle still imports. */
  readonly externals: readonly string[];
  /** The modules it consists of, the largest first. */
  readonly modules: readonly BundledModule[];
}

export interface BundledModule {
  readonly path: string;
  readonly bytes: number;
}

/** Options of {@link bundle}. */
export interface BundleOptions {
  /** Default: `"browser"`. */
  readonly platform?: "browser" | "node" | undefined;
}

/** Excludes the modules that a program imports lazily, with `import()`. */
const loadedLater: esbuild.Plugin = {
  name: "loaded-later",
  setup(build) {
    build.onResolve({ filter: /./ }, ({ kind, path }) =>
      kind === "dynamic-import" ? { path, external: true } : undefined,
    );
  },
};

/** Bundles a program, given as TypeScript. The packages are used as they are in `dist`: build first. */
export async function bundle(source: string, { platform = "browser" }: BundleOptions = {}): Promise<Bundle> {
  const { outputFiles, metafile } = await esbuild.build({
    stdin: { contents: source, resolveDir: root, sourcefile: "program.ts", loader: "ts" },
    bundle: true,
    format: "esm",
    platform,
    minify: true,
    metafile: true,
    write: false,
    logLevel: "silent",
    plugins: [loadedLater],
  });
  const [file] = outputFiles;
  const [output] = Object.values(metafile.outputs);
  if (file === undefined || output === undefined) throw new Error("esbuild has not written a bundle");
  const externals = output.imports.filter(({ external, kind }) => external === true && kind !== "dynamic-import");
  const modules = Object.entries(output.inputs).map(([path, { bytesInOutput }]) => ({ path, bytes: bytesInOutput }));
  return {
    bytes: file.contents,
    text: file.text,
    externals: externals.map(({ path }) => path),
    modules: modules.sort((a, b) => b.bytes - a.bytes),
  };
}

/** Options of {@link pageFiles}. */
export interface PageOptions {
  /** Modules that the page imports lazily, such as `connect-grpc`, and that are included too. */
  readonly later?: readonly string[] | undefined;
  /** Packages that are excluded. */
  readonly externals?: readonly string[] | undefined;
}

/** Builds a page with Vite. Returns the text of each file that it loads. */
export async function pageFiles(
  path: string,
  { later = [], externals = [] }: PageOptions = {},
): Promise<readonly string[]> {
  const chunks = await buildPage(path, externals);
  const loaded = new Set<vite.Rolldown.OutputChunk>();
  const load = (chunk: vite.Rolldown.OutputChunk | undefined): void => {
    if (chunk === undefined || loaded.has(chunk)) return;
    loaded.add(chunk);
    for (const imported of chunk.imports) load(chunks.find(({ fileName }) => fileName === imported));
  };
  for (const chunk of chunks) if (chunk.isEntry) load(chunk);
  for (const name of later) {
    const chunk = chunks.find((candidate) => candidate.isDynamicEntry && candidate.name === name);
    if (chunk === undefined) throw new Error(`${path} does not load ${name}`);
    load(chunk);
  }
  return [...loaded].map(({ code }) => code);
}

async function buildPage(path: string, externals: readonly string[]): Promise<vite.Rolldown.OutputChunk[]> {
  const built = await vite.build({
    root,
    configFile: false,
    logLevel: "warn",
    build: {
      write: false,
      rolldownOptions: {
        input: join(root, path),
        external: [...externals],
        // As for a page: its program may be merged with modules that lazy parts share with it, but keeps its exports.
        preserveEntrySignatures: "allow-extension",
      },
    },
  });
  const outputs = [built].flat().flatMap((one) => ("output" in one ? one.output : []));
  return outputs.filter((output) => output.type === "chunk");
}

/** Finds the full names of the archetypes that a bundle's text mentions. */
export function archetypesIn(text: string): string[] {
  return [...new Set(text.match(/rerun\.(?:blueprint\.)?archetypes\.\w+/g))];
}
