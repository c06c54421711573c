import { existsSync } from "node:fs";
import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { root } from "@rerun-ts/test-support/node/environment";
import { runBin } from "@rerun-ts/test-support/node/run-bin";
import { PACKAGES } from "@rerun-ts/test-support/packages/pack";
import { bundlePackages } from "./bundle-packages.ts";

/** How the packages are built. */
export interface BuildOptions {
  /** Whether to build everything anew. Default: `false`, which compiles only changed sources. */
  readonly clean?: boolean;
}

/** Set in programs that `npm test` runs: the packages are built, and others are using them. */
export const BUILT = "RERUN_TS_BUILT";

/** Compiles and bundles all packages into their dist folders. Ends this program if that fails. */
export async function buildPackages({ clean = false }: BuildOptions = {}): Promise<void> {
  if (process.env[BUILT] === "1") return;
  const folders = PACKAGES.map((name) => join(root, "packages", name, "dist"));
  if (clean) await Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true })));
  else await Promise.all(PACKAGES.map((name) => removeLeftovers(join(root, "packages", name))));
  const { code } = await runBin("typescript", "tsc", ["-b"]);
  if (code !== 0) process.exit(code);
  await bundlePackages();
}

/** Removes modules that were compiled from sources that were moved or deleted since: the compiler leaves them. */
async function removeLeftovers(folder: string): Promise<void> {
  const dist = join(folder, "dist");
  for (const file of await readdir(dist, { recursive: true }).catch(() => [])) {
    const module = /^(?!bundle\b)(.*)\.(?:d\.ts|js)$/.exec(file)?.[1];
    if (module === undefined) continue;
    const hasSource = [".ts", ".tsx", ".d.ts"].some((extension) => existsSync(join(folder, "src", module + extension)));
    if (!hasSource) await rm(join(dist, file));
  }
}
