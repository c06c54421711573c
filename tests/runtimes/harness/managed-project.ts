import { cp, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { root } from "@rerun-ts/test-support/node/environment";
import { run, type RunResult } from "@rerun-ts/test-support/node/run";
import { PACKAGES, packageName } from "@rerun-ts/test-support/packages/pack";
import type { PackageManager, PackageManagerName } from "@rerun-ts/test-support/setup/package-managers";

/** How a package manager is used. */
interface Usage {
  /** The file with its settings. */
  readonly file: string;
  /** Settings that name the registry, and keep all caches in the project. */
  readonly settings: readonly string[];
  /** Whether a package finds only the packages that it names. */
  readonly isStrict?: boolean;
  /** The arguments before the name of a package's command. */
  readonly command: readonly string[];
  /** The arguments before the name of a program, if Node alone does not find the packages. */
  readonly program?: readonly string[];
}

/** The place of the registry's address in settings. */
const REGISTRY = "REGISTRY";

const USAGES: Readonly<Record<PackageManagerName, Usage>> = {
  npm: {
    file: ".npmrc",
    settings: [`registry=${REGISTRY}`, `cache=\${PWD}/cache`, "audit=false", "fund=false"],
    command: ["exec", "--offline", "--"],
  },
  pnpm: {
    file: ".npmrc",
    settings: [
      `registry=${REGISTRY}`,
      "store-dir=store",
      "cache-dir=cache",
      // A package finds the packages that it names, and no others.
      "hoist=false",
      "auto-install-peers=false",
      "strict-peer-dependencies=true",
    ],
    isStrict: true,
    command: ["exec"],
  },
  Yarn: {
    // With Plug'n'Play, the default, packages stay in archives.
    file: ".yarnrc.yml",
    settings: [
      `npmRegistryServer: ${REGISTRY}`,
      "unsafeHttpWhitelist: [127.0.0.1]",
      "globalFolder: ./cache",
      "enableGlobalCache: false",
      "enableTelemetry: false",
      "enableImmutableInstalls: false",
    ],
    isStrict: true,
    command: ["run"],
    program: ["node"],
  },
  Bun: {
    file: "bunfig.toml",
    settings: ["[install]", `registry = "${REGISTRY}"`, 'cache = "./cache"'],
    command: ["x"],
    program: ["run"],
  },
};

/** The names of the package managers. */
export const MANAGER_NAMES: readonly PackageManagerName[] = Object.keys(USAGES) as PackageManagerName[];

/** A project with all published packages, installed by a package manager. */
export class ManagedProject {
  readonly folder: string;
  readonly #usage: Usage;
  readonly #manager: PackageManager;

  private constructor(folder: string, usage: Usage, manager: PackageManager) {
    this.folder = folder;
    this.#usage = usage;
    this.#manager = manager;
  }

  /**
   * Writes the project, and installs its packages.
   * @param others packages of others, in any version
   * @throws {Error} with the output of the package manager, if it fails
   */
  static async install(
    folder: string,
    name: PackageManagerName,
    manager: PackageManager,
    registry: string,
    others: readonly string[],
  ): Promise<ManagedProject> {
    const usage = USAGES[name];
    const project = new ManagedProject(folder, usage, manager);
    await cp(join(root, "tests/runtimes/managed"), folder, { recursive: true });
    const names = [...PACKAGES.map(packageName), ...others];
    const dependencies = Object.fromEntries(names.map((dependency) => [dependency, "*"]));
    await writeFile(join(folder, "package.json"), JSON.stringify({ private: true, dependencies }));
    await writeFile(
      join(folder, "entry-points.mts"),
      usage.isStrict === true ? await importEntryPoints() : "export {};\n",
    );
    await writeFile(join(folder, usage.file), `${usage.settings.join("\n")}\n`.replace(REGISTRY, registry));
    // Yarn looks for the root of a project, which has this file.
    if (name === "Yarn") await writeFile(join(folder, "yarn.lock"), "");
    const { code, output } = await project.#run(["install"]);
    if (code !== 0) throw new Error(`${name} install failed:\n${output}`);
    return project;
  }

  /**
   * Runs a program of the project.
   * @param node the Node to run the program with. Default: this Node
   */
  program(args: readonly string[], node: string = process.execPath): Promise<RunResult> {
    const { program } = this.#usage;
    return program === undefined
      ? run(node, args, { cwd: this.folder, capture: true })
      : this.#run([...program, ...args], node);
  }

  /** Runs a command of an installed package. */
  command(...args: readonly string[]): Promise<RunResult> {
    return this.#run([...this.#usage.command, ...args]);
  }

  #run(args: readonly string[], node: string = process.execPath): Promise<RunResult> {
    const [program, ...first] = this.#manager;
    const used = program === process.execPath ? node : program;
    return run(used, [...first, ...args], { cwd: this.folder, capture: true });
  }
}

/** Entry points with peers of hundreds of packages, or whose types need further settings: see docs/toolchains.md. */
const NOT_COMPILED = /^@rerun-ts\/testing\/|winston$|\.json$/;

/** A module that imports the types of all entry points. To compile it takes seconds, so not every project has it. */
async function importEntryPoints(): Promise<string> {
  const imports: string[] = [];
  for (const folder of PACKAGES) {
    const text = await readFile(join(root, "packages", folder, "package.json"), "utf8");
    const { exports } = JSON.parse(text) as { readonly exports: object };
    const paths = Object.keys(exports).map((path) => path.replace(".", packageName(folder)));
    imports.push(...paths.filter((path) => !NOT_COMPILED.test(path)));
  }
  const lines = imports.map((path, index) => `import type * as entry${index} from "${path}";`);
  const types = imports.map((_, index) => `typeof entry${index}`);
  return `${lines.join("\n")}\nexport type EntryPoints = [${types.join(", ")}];\n`;
}
