// `npm run check:packages`: inspects the packages as they would be published.
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { root } from "@rerun-ts/test-support/node/environment";
import { runBin } from "@rerun-ts/test-support/node/run-bin";
import { packAll, type PackedPackage } from "@rerun-ts/test-support/packages/pack";

const LINTERS: readonly { readonly packageName: string; readonly bin: string; readonly args: readonly string[] }[] = [
  { packageName: "publint", bin: "publint", args: ["--strict"] },
  {
    packageName: "@arethetypeswrong/cli",
    bin: "attw",
    // The packages are ES modules alone; everything else must be right, also for `"moduleResolution": "node10"`.
    args: ["--profile", "strict", "--ignore-rules", "cjs-resolves-to-esm", "--no-emoji", "--no-color"],
  },
];
/** The part of a package.json that lists dependencies. */
interface Manifest {
  readonly exports?: Readonly<Record<string, string | Readonly<Record<string, string>>>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>;
}

/** The package that is a command alone, with nothing to import. */
const COMMAND = "rerun-ts";
const REQUIRED = ["LICENSE", "README.md", "package.json"];
const BUILT = /^dist\/(?:.*\.(?:js|d\.ts)|bundle\/.*\.js\.map)$/;

const folder = join(root, ".cache/packed");
await rm(folder, { recursive: true, force: true });
const packages = await packAll(folder);
const problems = await Promise.all(
  packages.map(async (packed) => [
    ...(await contentProblems(packed)),
    ...(await peerProblems(packed)),
    ...(await linterProblems(packed)),
  ]),
);
for (const problem of problems.flat()) console.error(problem);
process.exit(problems.flat().length === 0 ? 0 : 1);

async function contentProblems({ name, files }: PackedPackage): Promise<readonly string[]> {
  const { exports = {} } = await readManifest(name);
  const required = [...REQUIRED, ...(name === COMMAND ? ["dist/main.js"] : entryPoints(exports))];
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
  const found: string[] = [];
  for (const { packageName, bin, args } of LINTERS) {
    // Are the types wrong? There are none.
    if (name === COMMAND && bin === "attw") continue;
    const { code, output } = await runBin(packageName, bin, [tarball, ...args], { capture: true });
    if (code !== 0) found.push(output.trim());
  }
  return found;
}
