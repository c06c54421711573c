import { build } from "esbuild";
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

/** The full names of the archetypes that a bundle's text mentions. */
export function archetypesIn(text) {
  return [...new Set(text.match(/rerun\.(?:blueprint\.)?archetypes\.\w+/g))];
}
