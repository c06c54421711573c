import { existsSync } from "node:fs";
import { cp, mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { root } from "../node/environment.ts";
import { run } from "../node/run.ts";
import { runNpm } from "../node/run-bin.ts";
import { PACKAGES, packAll, packInstalled } from "./pack.ts";

/**
 * Installs the packed packages and their dependencies into an empty project in a folder. Build first. Returns how long
 * `npm install` took, in milliseconds.
 * @param others further packages that are installed here. Default: none
 */
export async function installPacked(folder: string, others: readonly string[] = []): Promise<number> {
  const tarballs = join(folder, "tarballs");
  // Dependencies are packed as they are installed here. Npm asks for little more than the versions of optional ones,
  // which `npm ci` may have left in its cache, depending on the version of npm.
  const needed = [...(await dependencies(others)).values()];
  const packed = [...(await packAll(tarballs)), ...(await packInstalled(tarballs, needed))];
  await writeManifest(folder);
  const install = ["install", "--prefer-offline", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
  const args = [...install, ...packed.map(({ tarball }) => tarball)];
  const started = performance.now();
  const { code, output } = await runNpm(args, { cwd: folder, capture: true });
  if (code !== 0) throw new Error(`the packed packages cannot be installed:\n${output}`);
  return performance.now() - started;
}

/**
 * Unpacks the packed packages into an empty project in a folder, beside copies of their dependencies. Build first. This
 * takes a tenth of the time of {@link installPacked}, for tests that are not about npm.
 */
export async function unpackPacked(folder: string): Promise<void> {
  const modules = join(folder, "node_modules");
  await writeManifest(folder);
  for (const { name, tarball } of await packAll(join(folder, "tarballs"))) {
    await mkdir(join(modules, name), { recursive: true });
    const args = ["-xzf", tarball, "--strip-components=1", "-C", join(modules, name)];
    const { code, output } = await run("tar", args, { capture: true });
    if (code !== 0) throw new Error(`${tarball} cannot be unpacked:\n${output}`);
  }
  for (const [name, installed] of await dependencies([]))
    await cp(installed, join(modules, name), { recursive: true, dereference: true });
}

function writeManifest(folder: string): Promise<void> {
  return writeFile(join(folder, "package.json"), '{ "private": true, "type": "module" }');
}

/** The part of a package.json that lists dependencies. */
interface Manifest {
  readonly dependencies?: object;
  readonly peerDependencies?: object;
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>;
}

/**
 * The folders of other packages, and of all that these and ours need, directly or not, except for optional ones, by
 * their names.
 */
async function dependencies(others: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const found = new Map(others.map((name) => [name, installedFolder(root, name)]));
  const waiting = [...PACKAGES.map((name) => join(root, "packages", name)), ...found.values()];
  for (let folder = waiting.pop(); folder !== undefined; folder = waiting.pop()) {
    const manifest = JSON.parse(await readFile(join(folder, "package.json"), "utf8")) as Manifest;
    const { peerDependencies: peers = {}, peerDependenciesMeta: meta = {} } = manifest;
    const required = Object.keys(peers).filter((name) => meta[name]?.optional !== true);
    for (const name of [...Object.keys(manifest.dependencies ?? {}), ...required]) {
      if (name.startsWith("@rerun-ts/") || found.has(name)) continue;
      found.set(name, installedFolder(folder, name));
      waiting.push(found.get(name) as string);
    }
  }
  return found;
}

/** The folder of a package as another one sees it: in its own folder, or in one above. */
function installedFolder(from: string, name: string): string {
  const own = join(from, "node_modules", name);
  return from === root || existsSync(own) ? own : installedFolder(dirname(from), name);
}
