import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { root } from "../node/environment.ts";
import { runNpm } from "../node/run-bin.ts";

/** The published packages, each after the packages that it depends on. */
export const PACKAGES: readonly string[] = [
  "core",
  "types",
  "blueprint",
  "reading",
  "mcap",
  "catalog",
  "import",
  "node",
  "web",
  "controls",
  "replay",
  "testing",
  "cli",
  "three",
  "react",
  "opentelemetry",
  "loggers",
  "storage",
];

/** The name of a published package, by its folder. */
export function packageName(folder: string): string {
  return folder === "cli" ? "rerun-ts" : `@rerun-ts/${folder}`;
}

/** A package as `npm publish` would upload it. */
export interface PackedPackage {
  readonly name: string;
  /** The path of its tarball. */
  readonly tarball: string;
  /** The size of its files. */
  readonly bytes: number;
  /** The paths of its files, within the package. */
  readonly files: readonly string[];
}

/** The output of `npm pack --json` for each package. */
interface PackReport {
  readonly name: string;
  readonly filename: string;
  readonly unpackedSize: number;
  readonly files: readonly { readonly path: string }[];
}

/** Set in programs that `npm test` runs: the folder with the packages that it has packed for all of them. */
const PACKED = "RERUN_TS_PACKED";
/** The list of the packages in that folder. */
const LIST = "packed.json";

/**
 * Packs the published packages into a folder, which is created if it does not exist. Build first. If {@link packForAll}
 * has packed them already, returns these packages.
 */
export async function packAll(destination: string): Promise<PackedPackage[]> {
  const packed = process.env[PACKED];
  if (packed !== undefined) return JSON.parse(await readFile(join(packed, LIST), "utf8")) as PackedPackage[];
  return pack(
    destination,
    PACKAGES.map((name) => join(root, "packages", name)),
  );
}

/** Packs the published packages once, for this program and for all programs that it starts from now on */
export async function packForAll(): Promise<void> {
  const folder = join(root, ".cache/packed-for-all");
  await rm(folder, { recursive: true, force: true });
  await writeFile(join(folder, LIST), JSON.stringify(await packAll(folder)));
  process.env[PACKED] = folder;
}

/** Packs installed packages of others, without running their scripts. */
export function packInstalled(destination: string, folders: readonly string[]): Promise<PackedPackage[]> {
  return pack(destination, [...folders, "--ignore-scripts"]);
}

async function pack(destination: string, args: readonly string[]): Promise<PackedPackage[]> {
  await mkdir(destination, { recursive: true });
  const options = ["--json", "--loglevel=error", "--pack-destination", destination];
  const { code, output } = await runNpm(["pack", ...args, ...options], { capture: true });
  if (code !== 0) throw new Error(`npm pack failed:\n${output}`);
  // Scripts may have printed something before.
  const reports = JSON.parse(output.slice(output.search(/^\[$/m))) as readonly PackReport[];
  return reports.map(({ name, filename, unpackedSize, files }) => ({
    name,
    bytes: unpackedSize,
    tarball: join(destination, filename),
    files: files.map(({ path }) => path),
  }));
}
