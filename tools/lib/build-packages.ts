import { rm } from "node:fs/promises";
import { join } from "node:path";
import { root } from "@rerun-ts/test-support/node/environment";
import { runBin } from "@rerun-ts/test-support/node/run-bin";
import { PACKAGES } from "@rerun-ts/test-support/packages/pack";
import { bundlePackages } from "./bundle-packages.ts";

/** How the packages are built. */
export interface BuildOptions {
  /**
   * Whether to remove what was built before, so that nothing is left of sources that were moved or deleted. Default:
   * `false`, which compiles only what has changed.
   */
  readonly clean?: boolean;
}

/** Compiles and bundles all packages into their dist folders. Ends this program if that fails. */
export async function buildPackages({ clean = false }: BuildOptions = {}): Promise<void> {
  const folders = PACKAGES.map((name) => join(root, "packages", name, "dist"));
  if (clean) await Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true })));
  const { code } = await runBin("typescript", "tsc", ["-b"]);
  if (code !== 0) process.exit(code);
  await bundlePackages();
}
