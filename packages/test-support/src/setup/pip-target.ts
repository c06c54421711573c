import { existsSync } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { root } from "../node/environment.ts";
import { run } from "../node/run.ts";
import type { Missing } from "./rerun.ts";

/**
 * Installs a Python package without its dependencies into a folder of `.cache`, with the `pip` of a Python, unless the
 * folder is there. Returns the folder.
 *
 * @param requirement the name and the version, such as `"av==18.0.0"`
 * @param size the size of the download in a message
 */
export async function ensurePipTarget(
  python: string,
  requirement: string,
  size: string,
): Promise<{ readonly folder: string } | Missing> {
  const folder = join(root, ".cache", requirement.replace("==", "-"));
  if (existsSync(folder)) return { folder };
  console.log(`Installing ${requirement} in .cache (${size}) …`);
  await mkdir(join(folder, ".."), { recursive: true });
  const args = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps", "--target", folder];
  const installed = await run(python, [...args, requirement], { capture: true });
  if (installed.code === 0) return { folder };
  await rm(folder, { recursive: true, force: true });
  return { missing: `${requirement} cannot be installed: ${installed.output.trim()}` };
}
