import { readFile } from "node:fs/promises";
import { basename, join, relative } from "node:path";
import { build, type Plugin } from "esbuild";
import type * as parts from "./parts.ts";
import type { Globals } from "./world.ts";

/** The simulated parts of the packages. */
export type Parts = typeof parts;

/** A change of a source file, which puts an old fault back. */
export interface Patch {
  /** The file, relative to the repository. */
  readonly file: string;
  /** A text that must be in it exactly once. */
  readonly from: string;
  readonly to: string;
}

const ROOT = join(import.meta.dirname, "../..");
/** The globals that are replaced. */
const NAMES = [
  ...(["setTimeout", "clearTimeout", "setInterval", "clearInterval", "setImmediate"] as const),
  ...(["performance", "Date", "Math", "crypto", "Blob"] as const),
  ...(["document", "addEventListener", "removeEventListener", "fetch", "WebSocket"] as const),
] as const;

/** Creates the parts in an environment of their own: their time and their random numbers come from its globals. */
export type CreateParts = (globals: Globals) => Parts;

/** Compiles the simulated parts, see {@link buildProgram}. */
export async function buildParts(patches: readonly Patch[] = []): Promise<CreateParts> {
  return (await buildProgram("parts.ts", patches)) as CreateParts;
}

/**
 * Compiles the sources of the packages into a program without any access to the real clock, timers and random numbers.
 * Rejects if a patch does not apply.
 *
 * @param entry the module in this folder whose exports the program has
 * @param replaced files, relative to the repository, in place of the modules with these names
 */
export async function buildProgram(
  entry: string,
  patches: readonly Patch[],
  replaced: Readonly<Record<string, string>> = {},
): Promise<(globals: Partial<Globals>) => unknown> {
  const applied = new Set<Patch>();
  const { outputFiles } = await build({
    absWorkingDir: ROOT,
    entryPoints: [join(import.meta.dirname, entry)],
    bundle: true,
    write: false,
    format: "iife",
    globalName: "parts",
    platform: "node",
    target: "node20",
    logLevel: "silent",
    plugins: [replacements(replaced), sources(patches, applied)],
  });
  for (const patch of patches) if (!applied.has(patch)) throw new Error(`${patch.file} is not a part of the program`);
  // oxlint-disable-next-line typescript/no-implied-eval -- this is how the program gets other globals
  const create = new Function(...NAMES, `${outputFiles[0]?.text}\nreturn parts;`);
  return (globals) => create(...NAMES.map((name) => globals[name])) as unknown;
}

/** Puts files in the place of modules. */
function replacements(replaced: Readonly<Record<string, string>>): Plugin {
  return {
    name: "replacements",
    setup(compiler) {
      for (const [name, file] of Object.entries(replaced))
        compiler.onResolve({ filter: new RegExp(`^${name}$`) }, () => ({ path: join(ROOT, file) }));
    },
  };
}

/** Resolves the packages to their sources, and applies the patches. */
function sources(patches: readonly Patch[], applied: Set<Patch>): Plugin {
  return {
    name: "sources",
    setup(compiler) {
      compiler.onResolve({ filter: /^@rerun-ts\// }, ({ path }) => {
        const [, name = "", entry = "index"] = path.split("/");
        return { path: join(ROOT, "packages", name, "src", `${entry}.ts`) };
      });
      if (patches.length === 0) return;
      // esbuild itself reads the files that have no patch, which takes less time.
      const names = patches.map(({ file }) => basename(file).replaceAll(".", String.raw`\.`));
      compiler.onLoad({ filter: new RegExp(String.raw`[/\\](?:${names.join("|")})$`) }, async ({ path }) => {
        const file = relative(ROOT, path).replaceAll("\\", "/");
        let contents = await readFile(path, "utf8");
        for (const patch of patches.filter((one) => one.file === file)) {
          const count = contents.split(patch.from).length - 1;
          if (count !== 1) throw new Error(`${file} has ${count} times instead of once: ${patch.from}`);
          contents = contents.replace(patch.from, () => patch.to);
          applied.add(patch);
        }
        return { contents, loader: "ts" };
      });
    },
  };
}
