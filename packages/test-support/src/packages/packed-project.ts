import { existsSync } from "node:fs";
import { cp, mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { root } from "../node/environment.ts";
import { linkFolder } from "../node/link-folder.ts";
import { runNpm } from "../node/run-bin.ts";
import { servePacked } from "./packed-registry.ts";
import { PACKAGES, packageName, packAll, packInstalled, type PackedPackage } from "./pack.ts";

/** Set in programs that `npm test` runs: the folder of the project that it has installed for all of them. */
const INSTALLED = "RERUN_TS_INSTALLED";
/** The file there with the duration of `npm install`, in milliseconds. */
const DURATION = "install-ms.txt";

/**
 * Installs the packed packages and their dependencies into an empty project in a folder. Build first. If
 * {@link installForAll} has installed them already, copies that project. Returns how long `npm install` took, in
 * milliseconds.
 * @param others further packages that are installed here. Default: none
 */
export async function installPacked(folder: string, others: readonly string[] = []): Promise<number> {
  const installed = process.env[INSTALLED];
  if (installed === undefined) return install(folder, others);
  for (const name of await readdir(installed)) {
    // Programs change no files of packages.
    if (name === "node_modules") linkFolder(join(installed, name), join(folder, name));
    else await cp(join(installed, name), join(folder, name), { recursive: true });
  }
  for (const place of await dependencies(others)) {
    const target = join(folder, "node_modules", relative(join(root, "node_modules"), place));
    // Npm has installed it, and has found the version that the packages need.
    if (!existsSync(target)) linkFolder(place, target);
  }
  return Number(await readFile(join(folder, DURATION), "utf8"));
}

/**
 * Installs the packed packages once, for all programs that this one starts from now on: npm takes longer than most of
 * their tests. If that fails, they install the packages themselves, and report the reason.
 */
export async function installForAll(): Promise<void> {
  const folder = join(root, ".cache/installed-for-all");
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  try {
    await writeFile(join(folder, DURATION), String(await install(folder)));
    process.env[INSTALLED] = folder;
  } catch (error) {
    console.warn(error);
  }
}

/**
 * Packs the packages and all that they need, as it is installed here, into a folder.
 * @param others further packages that are installed here. Default: none
 */
export async function packWithDependencies(folder: string, others: readonly string[] = []): Promise<PackedPackage[]> {
  return [...(await packAll(folder)), ...(await packInstalled(folder, await dependencies(others)))];
}

async function install(folder: string, others: readonly string[] = []): Promise<number> {
  const temporary = join(folder, "packed");
  const registry = await servePacked(await packWithDependencies(temporary, others));
  await writeFile(join(folder, "package.json"), '{ "private": true, "type": "module" }');
  const flags = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
  const sources = [`--registry=${registry.url}`, `--cache=${join(temporary, "cache")}`];
  const started = performance.now();
  const args = ["install", ...flags, ...sources, ...PACKAGES.map(packageName), ...others];
  const { code, output } = await runNpm(args, { cwd: folder, capture: true });
  const took = performance.now() - started;
  await registry.close();
  await rm(temporary, { recursive: true });
  if (code !== 0) throw new Error(`the packed packages cannot be installed:\n${output}`);
  return took;
}

/** The part of a package.json that lists dependencies. */
interface Manifest {
  readonly dependencies?: object;
  readonly peerDependencies?: object;
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>;
}

/** The folders of other packages, and of all that these and ours need, directly or not, without optional ones. */
async function dependencies(others: readonly string[]): Promise<string[]> {
  const found = new Set(others.map((name) => installedFolder(root, name)));
  const waiting = [...PACKAGES.map((name) => join(root, "packages", name)), ...found];
  for (let folder = waiting.pop(); folder !== undefined; folder = waiting.pop()) {
    const manifest = JSON.parse(await readFile(join(folder, "package.json"), "utf8")) as Manifest;
    const { peerDependencies: peers = {}, peerDependenciesMeta: meta = {} } = manifest;
    const required = Object.keys(peers).filter((name) => meta[name]?.optional !== true);
    for (const name of [...Object.keys(manifest.dependencies ?? {}), ...required]) {
      const needed = name.startsWith("@rerun-ts/") ? undefined : installedFolder(folder, name);
      if (needed === undefined || found.has(needed)) continue;
      found.add(needed);
      waiting.push(needed);
    }
  }
  return [...found];
}

/** The folder of a package as another one sees it: in its own folder, or in one above. */
function installedFolder(from: string, name: string): string {
  const own = join(from, "node_modules", name);
  return from === root || existsSync(own) ? own : installedFolder(dirname(from), name);
}
