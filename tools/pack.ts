// `npm run pack`: builds the packages and packs them as `npm publish` would, so that projects can install them without
// a registry. The folder `packs/NAME` has the pack of a package, and those of the other packages here that it needs.
import { copyFile, mkdir, readFile, rm } from "node:fs/promises";
import { basename, join } from "node:path";
import { root } from "@rerun-ts/test-support/node/environment";
import { PACKAGES, packAll, packageName } from "@rerun-ts/test-support/packages/pack";
import { buildPackages } from "./lib/build-packages.ts";

/** The part of a package.json that lists what must be installed with a package. */
interface Manifest {
  readonly name: string;
  readonly dependencies?: object;
  readonly peerDependencies?: object;
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>;
}

await buildPackages();
const destination = join(root, "packs");
await rm(destination, { recursive: true, force: true });
const all = join(destination, "all");
const packed = new Map((await packAll(all)).map(({ name, tarball }) => [name, tarball]));
const manifests = new Map<string, Manifest>();
for (const folder of PACKAGES) {
  const manifest = JSON.parse(await readFile(join(root, "packages", folder, "package.json"), "utf8")) as Manifest;
  manifests.set(manifest.name, manifest);
}
for (const folder of PACKAGES) {
  await mkdir(join(destination, folder));
  for (const needed of neededWith(packageName(folder))) {
    const tarball = packed.get(needed);
    if (tarball === undefined) throw new Error(`npm has packed no ${needed}`);
    await copyFile(tarball, join(destination, folder, basename(tarball)));
  }
}
await rm(all, { recursive: true, force: true });

console.log(`Packed the packages. To install one in a project, run there:\n`);
for (const folder of PACKAGES) console.log(`  npm install ${join(destination, folder, "*.tgz")}`);

/** A package, and the packages here that it needs, directly or not. */
function neededWith(name: string, found: Set<string> = new Set()): Set<string> {
  const manifest = manifests.get(name);
  if (manifest === undefined || found.has(name)) return found;
  found.add(name);
  const { dependencies = {}, peerDependencies = {}, peerDependenciesMeta: meta = {} } = manifest;
  const peers = Object.keys(peerDependencies).filter((peer) => meta[peer]?.optional !== true);
  for (const needed of [...Object.keys(dependencies), ...peers]) neededWith(needed, found);
  return found;
}
