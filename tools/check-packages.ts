// `npm run check:packages`: inspects the packages as they would be published.
import { readFile, rm } from "node:fs/promises";
import { isBuiltin } from "node:module";
import { join } from "node:path";
// The library of the devDependency `@arethetypeswrong/cli`. Its command takes one package, and starts for seconds.
import { checkPackage, createPackageFromTarballData, type Package } from "@arethetypeswrong/core";
import { root } from "@rerun-ts/test-support/node/environment";
import { packAll, type PackedPackage } from "@rerun-ts/test-support/packages/pack";
import { publint } from "publint";
import { formatMessage } from "publint/utils";

/** The packages are ES modules alone; everything else must be right, also for `"moduleResolution": "node10"`. */
const EXPECTED_PROBLEM = "CJSResolvesToESM";

/** An import of another package, in a module or in declarations. */
const IMPORT = /(?:\bfrom\s*|\bimport\s*\(?\s*)"((?:@[\w.-]+\/)?\w[\w.-]*)(?:\/[\w./-]+)?"\s*[;)]/g;

/** The part of a package.json that lists dependencies. */
interface Manifest {
  readonly exports?: Readonly<Record<string, string | Readonly<Record<string, string>>>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>;
}

/** The package of the command, whose types are for sibling packages. */
const COMMAND = "rerun-ts";
/** What a program that logs from Node installs, and the limit of its size. */
const OF_LOGGING = ["@rerun-ts/node", "@rerun-ts/core", "@rerun-ts/types", "@rerun-ts/blueprint"];
const MAX_BYTES_OF_LOGGING = 6_000_000;
const REQUIRED = ["LICENSE", "README.md", "package.json"];
const BUILT = /^dist\/(?:.*\.(?:js|d\.ts)|bundle\/(?:.*\.js\.map|LICENSES\.txt)|page\/(?:index\.html|page\.css))$/;

const folder = join(root, ".cache/packed");
await rm(folder, { recursive: true, force: true });
const packages = await packAll(folder);
const problems = await Promise.all(
  packages.map(async (packed) => [
    ...(await contentProblems(packed)),
    ...(await importProblems(packed)),
    ...(await peerProblems(packed)),
    ...(await linterProblems(packed)),
  ]),
);
const all = [...problems.flat(), ...sizeProblems()];
for (const problem of all) console.error(problem);
process.exit(all.length === 0 ? 0 : 1);

/** What a program that logs from Node installs of these packages must stay small. */
function sizeProblems(): readonly string[] {
  const installed = packages.filter(({ name }) => OF_LOGGING.includes(name));
  const bytes = installed.reduce((sum, packed) => sum + packed.bytes, 0);
  const sizes = installed.map(({ name, bytes: own }) => `${name} ${own}`).join(", ");
  return bytes <= MAX_BYTES_OF_LOGGING
    ? []
    : [`a program that logs from Node installs ${bytes} bytes, more than ${MAX_BYTES_OF_LOGGING}: ${sizes}`];
}

async function contentProblems({ name, files }: PackedPackage): Promise<readonly string[]> {
  const { exports = {} } = await readManifest(name);
  const required = [...REQUIRED, ...entryPoints(exports)];
  const missing = required.filter((file) => !files.includes(file)).map((file) => `${name} lacks ${file}`);
  const unexpected = files.filter((file) => !required.includes(file) && !BUILT.test(file));
  return [...missing, ...unexpected.map((file) => `${name} contains ${file}`)];
}

/** The files that programs import by a name. */
function entryPoints(exports: NonNullable<Manifest["exports"]>): readonly string[] {
  const paths = Object.values(exports).flatMap((target) =>
    typeof target === "string" ? [target] : Object.values(target),
  );
  return paths.map((path) => path.replace("./", ""));
}

/** Packages that files import and package.json does not name: pnpm and Yarn's Plug'n'Play then do not find them. */
async function importProblems({ name, files }: PackedPackage): Promise<readonly string[]> {
  const { dependencies = {}, peerDependencies = {} } = await readManifest(name);
  const named = { [name]: "itself", ...dependencies, ...peerDependencies };
  const found = new Set<string>();
  for (const file of files.filter((path) => /\.(?:js|d\.ts)$/.test(path))) {
    const text = await readFile(join(root, "node_modules", name, file), "utf8");
    for (const [, imported = ""] of text.matchAll(IMPORT))
      if (!(imported in named) && !isBuiltin(imported)) found.add(`${name} imports ${imported}, and does not name it`);
  }
  return [...found];
}

/** Peers of its dependencies that a package does not provide: pnpm may then lack them, and Yarn refuses them. */
async function peerProblems({ name }: PackedPackage): Promise<readonly string[]> {
  const { dependencies = {}, peerDependencies = {} } = await readManifest(name);
  const provided = { ...dependencies, ...peerDependencies };
  const found: string[] = [];
  for (const dependency of Object.keys(dependencies)) {
    const { peerDependencies: peers = {}, peerDependenciesMeta: meta = {} } = await readManifest(dependency);
    const missing = Object.keys(peers).filter((peer) => meta[peer]?.optional !== true && !(peer in provided));
    found.push(...missing.map((peer) => `${name} depends on ${dependency}, but not on its peer ${peer}`));
  }
  return found;
}

async function readManifest(name: string): Promise<Manifest> {
  return JSON.parse(await readFile(join(root, "node_modules", name, "package.json"), "utf8")) as Manifest;
}

async function linterProblems({ name, tarball }: PackedPackage): Promise<readonly string[]> {
  const bytes = new Uint8Array(await readFile(tarball));
  const { messages, pkg } = await publint({ pack: { tarball: bytes.buffer }, strict: true });
  // Strict: warnings count as errors. The rest are suggestions.
  const errors = messages.filter(({ type }) => type === "error");
  const found = errors.map((message) => `publint: ${name}: ${formatMessage(message, pkg) ?? message.code}`);
  if (name === COMMAND) return found;
  const analysis = await checkPackage(withFolders(createPackageFromTarballData(bytes)));
  if (analysis.types === false) return [...found, `attw: ${name} has no types`];
  const wrong = analysis.problems.filter(({ kind }) => kind !== EXPECTED_PROBLEM);
  return [...found, ...wrong.map((problem) => `attw: ${name}: ${JSON.stringify(problem)}`)];
}

/** Looks up folders in a set. The library looks through all files for each folder. */
function withFolders(pack: Package): Package {
  const folders = new Set(["/"]);
  for (const file of pack.listFiles())
    for (let end = file.indexOf("/", 1); end > 0; end = file.indexOf("/", end + 1)) folders.add(file.slice(0, end + 1));
  return Object.assign(pack, {
    directoryExists: (path: string) => folders.has(path.endsWith("/") ? path : `${path}/`),
  });
}
