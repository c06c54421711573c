import { join } from "node:path";
import { build } from "esbuild";
import { build as viteBuild } from "vite";
import { root } from "./run.mjs";

/**
 * A program with everything that it loads at its start, minified as an application would be.
 * @typedef {object} Bundle
 * @property {Uint8Array} bytes
 * @property {string} text
 * @property {readonly string[]} externals what it still imports
 * @property {readonly { path: string, bytes: number }[]} modules what it is made of, the largest first
 */

/** What a program imports while it runs becomes files of their own, which are not counted. */
const loadedLater = {
  name: "loaded-later",
  setup({ onResolve }) {
    onResolve({ filter: /./ }, ({ kind, path }) => (kind === "dynamic-import" ? { path, external: true } : undefined));
  },
};

/**
 * Bundles a program, given as text. Packages are taken from `dist`: build first.
 * @param {string} source
 * @param {{ platform?: "browser" | "node", minify?: boolean }} [options] default: for browsers, minified
 * @returns {Promise<Bundle>}
 */
export async function bundle(source, { platform = "browser", minify = true } = {}) {
  const { outputFiles, metafile } = await build({
    stdin: { contents: source, resolveDir: root, sourcefile: "program.mjs" },
    bundle: true,
    format: "esm",
    platform,
    minify,
    metafile: true,
    write: false,
    logLevel: "silent",
    plugins: [loadedLater],
  });
  const [output] = Object.values(metafile.outputs);
  const externals = output.imports.filter(({ external, kind }) => external === true && kind !== "dynamic-import");
  const modules = Object.entries(output.inputs).map(([path, { bytesInOutput }]) => ({ path, bytes: bytesInOutput }));
  return {
    bytes: outputFiles[0].contents,
    text: outputFiles[0].text,
    externals: externals.map(({ path }) => path),
    modules: modules.sort((a, b) => b.bytes - a.bytes),
  };
}

/**
 * The files that a page loads which is built with Vite: what its start needs, and what the named modules need, which it
 * loads later.
 * @param {string} path of the program, in the project
 * @param {readonly string[]} later the names of modules that it imports while it runs, such as `connect-grpc`
 * @param {readonly string[]} externals packages that are not counted
 * @returns {Promise<readonly string[]>} the text of each
 */
export async function pageFiles(path, later = [], externals = []) {
  const { output } = await viteBuild({
    root,
    configFile: false,
    logLevel: "warn",
    build: {
      write: false,
      rolldownOptions: {
        input: join(root, path),
        external: externals,
        // As with a page: the program may be joined with what it shares with later parts, but keeps what it exports.
        preserveEntrySignatures: "allow-extension",
      },
    },
  });
  const chunks = new Map(output.filter(({ type }) => type === "chunk").map((chunk) => [chunk.fileName, chunk]));
  const loaded = new Set();
  const load = (chunk) => {
    if (chunk === undefined || loaded.has(chunk)) return;
    loaded.add(chunk);
    for (const imported of chunk.imports) load(chunks.get(imported));
  };
  for (const chunk of chunks.values()) if (chunk.isEntry) load(chunk);
  for (const name of later) {
    const chunk = [...chunks.values()].find((candidate) => candidate.isDynamicEntry && candidate.name === name);
    if (chunk === undefined) throw new Error(`${path} does not load ${name}`);
    load(chunk);
  }
  return [...loaded].map(({ code }) => code);
}

/** The full names of the archetypes that a bundle's text mentions. */
export function archetypesIn(text) {
  return [...new Set(text.match(/rerun\.(?:blueprint\.)?archetypes\.\w+/g))];
}
