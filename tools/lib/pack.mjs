import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { root, run } from "./run.mjs";

/** The packages that are published, each after those that it needs. */
export const PACKAGES = ["core", "types", "node", "web"];

/**
 * A package as `npm publish` would send it.
 * @typedef {object} PackedPackage
 * @property {string} name
 * @property {string} tarball its path
 * @property {readonly string[]} files
 */

/**
 * Packs packages into a folder, which is made if it is not there. Build first.
 * @param {string} destination
 * @param {readonly string[]} [folders] default: the project's own packages
 * @returns {Promise<PackedPackage[]>}
 */
export async function pack(destination, folders = PACKAGES.map((name) => join(root, "packages", name))) {
  await mkdir(destination, { recursive: true });
  const packed = [];
  for (const folder of folders) {
    const args = ["pack", "--json", "--loglevel=error", "--pack-destination", destination];
    // What comes from elsewhere is packed already.
    if (folder.includes("node_modules")) args.push("--ignore-scripts");
    const { code, output } = await run("npm", args, { cwd: folder, capture: true });
    if (code !== 0) throw new Error(`${folder} cannot be packed:\n${output}`);
    const [{ name, filename, files }] = JSON.parse(output.slice(output.indexOf("[")));
    packed.push({ name, tarball: join(destination, filename), files: files.map(({ path }) => path) });
  }
  return packed;
}
