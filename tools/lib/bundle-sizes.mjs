import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { archetypesIn, bundle, pageFiles } from "./bundle.mjs";
import { root } from "./run.mjs";

const FOLDER = "benchmarks/size";

/**
 * A program in benchmarks/size.
 * @typedef {object} Program
 * @property {string} name
 * @property {string} [story] what its user does, for the README; without one it is not told there
 * @property {number} [budget] in bytes after gzip: of one file if all is there at the start, else of all files
 * @property {"browser" | "node"} [platform] default: browsers
 * @property {readonly string[]} [later] what it loads while it runs
 * @property {readonly string[]} [externals] packages of others that are not counted
 */

/** @type {readonly Program[]} */
const PROGRAMS = [
  { name: "points-scalars-memory", story: "a page logs points and scalars into memory", budget: 35_000 },
  { name: "points-download", story: "a page logs points and gives them as a download", budget: 35_000 },
  { name: "points-grpc", story: "a page streams points with `connectGrpc`", budget: 45_000, later: ["connect-grpc"] },
  {
    name: "points-viewer",
    story: "a page shows points in the viewer within it, besides the viewer itself",
    externals: ["@rerun-io/web-viewer"],
  },
  { name: "three-archetypes", story: "a page with three archetypes and a download" },
  { name: "everything", story: "all that `@rerun-ts/web` exports" },
  { name: "node-save", story: "a program on Node, saved to a file", platform: "node" },
];

/**
 * What a program weighs as one file, without what it loads later; `page` is for pages the sum of all files that Vite
 * makes of it and that it loads. `counted` is what has the budget.
 * @typedef {Program & { bytes: number, gzip: number, brotli: number, page?: number, counted: number,
 *   modules: readonly { path: string, bytes: number }[] }} Size
 */

/** @returns {Promise<Size[]>} */
export async function weighAll() {
  const sizes = [];
  for (const program of PROGRAMS) sizes.push(await weigh(program));
  return sizes;
}

async function weigh(program) {
  const { name, platform, later, externals } = program;
  const { bytes, modules } = await bundle(await programText(name), { platform });
  const files = platform === "node" ? undefined : await pageFiles(`${FOLDER}/${name}.mjs`, later, externals);
  const gzip = compressed(bytes);
  const page = files?.reduce((sum, file) => sum + compressed(file), 0);
  const brotli = brotliCompressSync(bytes).byteLength;
  const counted = later === undefined ? gzip : page;
  return { ...program, bytes: bytes.byteLength, gzip, brotli, page, counted, modules };
}

/** Core runs in browsers as it is; and a page that logs three archetypes carries these and no others. */
export async function contentProblems() {
  const problems = [];
  const core = await bundle('export * from "@rerun-ts/core";');
  if (core.externals.length > 0) problems.push(`core imports ${core.externals.join(", ")}`);
  for (const [name, archetypes] of [
    ["points-download", ["Points3D"]],
    ["three-archetypes", ["Boxes3D", "Points3D", "Transform3D"]],
  ]) {
    const used = new Set([
      ...archetypes.map((archetype) => `rerun.archetypes.${archetype}`),
      ...archetypesIn(core.text),
    ]);
    const { text } = await bundle(await programText(name));
    const held = archetypesIn(text);
    const unused = held.filter((archetype) => !used.has(archetype));
    const missing = archetypes.filter((archetype) => !held.includes(`rerun.archetypes.${archetype}`));
    if (unused.length > 0) problems.push(`${name} holds ${unused.join(", ")}, which it does not use`);
    if (missing.length > 0) problems.push(`${name} lacks ${missing.join(", ")}: is it still looked for rightly?`);
  }
  for (const file of await pageFiles(`${FOLDER}/points-download.mjs`)) {
    if (file.includes("WriteMessages")) problems.push("points-download loads gRPC-web, which it does not use");
  }
  return problems;
}

function programText(name) {
  return readFile(join(root, FOLDER, `${name}.mjs`), "utf8");
}

function compressed(file) {
  return gzipSync(file, { level: 9 }).byteLength;
}
