// `npm run set-version -- 0.2.0` sets the version of all packages.
// `npm run set-version -- --check [0.2.0]` reports places that have another version, and changes nothing.
import { readFile, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs } from "node:util";

const SEMVER = /^\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?$/;
const VERSION_FILE = "packages/core/src/version.ts";
const VERSION_CONSTANT = /(?<= VERSION = ")[^"]*(?=")/;
const SECTION = /^## \[(.+)\] - \d{4}-\d\d-\d\d\r?$/gm;

/** The part of a `package.json`, or of a package in the lockfile, that names versions. */
interface Manifest {
  readonly name?: string;
  readonly private?: boolean;
  version: string;
  readonly dependencies?: Record<string, string>;
  readonly peerDependencies?: Record<string, string>;
}

/** A function that gets each place with a version, and returns the version that belongs there. */
type Visit = (place: string, version: string) => string;

/**
 * Sets the version of all published packages: in each `package.json`, where the packages depend on each other, in the
 * lockfile, and in the constant `VERSION`.
 * @throws {RangeError} if the version is not a semantic version, or the changelog has no section for it; then no file
 * is changed
 */
export async function setVersion(root: string, version: string): Promise<void> {
  if (!SEMVER.test(version)) throw new RangeError(`the version must be like 1.2.3 or 1.2.3-rc.1, got ${version}`);
  const problem = await changelogProblem(root, version);
  if (problem !== undefined) throw new RangeError(problem);
  for (const [path, text] of await visitVersions(root, () => version)) await writeFile(join(root, path), text);
}

/**
 * Compares all versions with the expected one, for which the changelog must have a section; or, without one, with each
 * other. Returns the problems.
 */
export async function checkVersions(root: string, expected?: string): Promise<string[]> {
  const problems: string[] = [];
  let wanted = expected;
  await visitVersions(root, (place, version) => {
    wanted ??= version;
    if (version !== wanted) problems.push(`${place} is ${version} instead of ${wanted}`);
    return version;
  });
  const missing = expected === undefined ? undefined : await changelogProblem(root, expected);
  return missing === undefined ? problems : [...problems, missing];
}

async function changelogProblem(root: string, version: string): Promise<string | undefined> {
  const changelog = await readFile(join(root, "CHANGELOG.md"), "utf8");
  const sections = [...changelog.matchAll(SECTION)].map(([, section]) => section);
  return sections.includes(version) ? undefined : `CHANGELOG.md has no section \`## [${version}] - YYYY-MM-DD\``;
}

/** Visits all versions. Returns the text of each file with the versions that the visitor returned, by path. */
async function visitVersions(root: string, visit: Visit): Promise<Map<string, string>> {
  const texts = new Map<string, string>();
  const folders = await publishedFolders(root);
  const names = new Set<string>();
  for (const folder of folders) names.add((await readJson<Manifest>(root, `${folder}/package.json`)).name ?? "");
  for (const folder of folders) {
    const path = `${folder}/package.json`;
    const manifest = await readJson<Manifest>(root, path);
    visitManifest(manifest, names, (place, version) => visit(`${path}: ${place}`, version));
    texts.set(path, formatJson(manifest));
  }
  const lockfile = await readJson<{ packages: Record<string, Manifest> }>(root, "package-lock.json");
  for (const folder of folders) {
    const manifest = lockfile.packages[folder];
    if (manifest === undefined) throw new Error(`package-lock.json has no package ${folder}: run \`npm install\``);
    visitManifest(manifest, names, (place, version) => visit(`package-lock.json: ${folder}: ${place}`, version));
  }
  texts.set("package-lock.json", formatJson(lockfile));
  const source = await readFile(join(root, VERSION_FILE), "utf8");
  texts.set(
    VERSION_FILE,
    source.replace(VERSION_CONSTANT, (version) => visit(`${VERSION_FILE}: VERSION`, version)),
  );
  return texts;
}

function visitManifest(manifest: Manifest, names: ReadonlySet<string>, visit: Visit): void {
  manifest.version = visit("version", manifest.version);
  const { dependencies = {}, peerDependencies = {} } = manifest;
  for (const [kind, versions] of Object.entries({ dependency: dependencies, peer: peerDependencies })) {
    for (const [name, version] of Object.entries(versions)) {
      if (names.has(name)) versions[name] = visit(`${kind} ${name}`, version);
    }
  }
}

async function publishedFolders(root: string): Promise<string[]> {
  const entries = await readdir(join(root, "packages"), { withFileTypes: true });
  const folders: string[] = [];
  for (const { name } of entries.filter((entry) => entry.isDirectory())) {
    const folder = `packages/${name}`;
    if ((await readJson<Manifest>(root, `${folder}/package.json`)).private !== true) folders.push(folder);
  }
  return folders.sort();
}

async function readJson<T>(root: string, path: string): Promise<T> {
  return JSON.parse(await readFile(join(root, path), "utf8")) as T;
}

function formatJson(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({ options: { check: { type: "boolean" } }, allowPositionals: true });
  const [version] = positionals;
  const root = fileURLToPath(new URL("..", import.meta.url));
  if (values.check === true) {
    const problems = await checkVersions(root, version);
    for (const problem of problems) console.error(problem);
    process.exitCode = problems.length > 0 ? 1 : 0;
    return;
  }
  if (version === undefined) throw new RangeError("usage: npm run set-version -- VERSION | --check [VERSION]");
  await setVersion(root, version);
  console.log(`All packages have the version ${version}. RELEASING.md lists the next steps.`);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  await main().catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  });
}
