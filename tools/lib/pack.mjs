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
 * @param {readonly string[]} [others] folders of packages of others, which are packed as they lie there; default: the
 * project's own packages, each with its licence
 * @returns {Promise<PackedPackage[]>}
 */
export async function pack(destination, others) {
  await mkdir(destination, { recursive: true });
  const folders = others ?? PACKAGES.map((name) => join(root, "packages", name));
  const args = ["pack", ...folders, "--json", "--loglevel=error", "--pack-destination", destination];
  if (others !== undefined) args.push("--ignore-scripts");
  const { code, output } = await run("npm", args, { capture: true });
  if (code !== 0) throw new Error(`npm pack failed:\n${output}`);
  // Scripts may have printed something before.
  const packed = JSON.parse(output.slice(output.search(/^\[$/m)));
  return packed.map(({ name, filename, files }) => ({
    name,
    tarball: join(destination, filename),
    files: files.map(({ path }) => path),
  }));
}
