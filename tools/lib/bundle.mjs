import { build } from "esbuild";
import { root } from "./run.mjs";

/**
 * A program with everything it uses, minified as an application would be.
 * @typedef {object} Bundle
 * @property {Uint8Array} bytes
 * @property {string} text
 * @property {readonly string[]} externals what it still imports
 * @property {readonly { path: string, bytes: number }[]} modules what it is made of, the largest first
 */

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
  });
  const [output] = Object.values(metafile.outputs);
  const modules = Object.entries(output.inputs).map(([path, { bytesInOutput }]) => ({ path, bytes: bytesInOutput }));
  return {
    bytes: outputFiles[0].contents,
    text: outputFiles[0].text,
    externals: output.imports.filter(({ external }) => external === true).map(({ path }) => path),
    modules: modules.sort((a, b) => b.bytes - a.bytes),
  };
}

/** The full names of the archetypes that a bundle's text mentions. */
export function archetypesIn(text) {
  return [...new Set(text.match(/rerun\.(?:blueprint\.)?archetypes\.\w+/g))];
}
