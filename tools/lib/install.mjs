import { existsSync, readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { must, root, run } from "./run.mjs";

/** Installs what package-lock.json says, if that has not been done since it was changed. */
export async function ensureInstalled() {
  const stamp = join(root, "node_modules/.package-lock.json");
  if (existsSync(stamp) && statSync(stamp).mtimeMs >= statSync(join(root, "package-lock.json")).mtimeMs) return;
  console.log("Installing packages with `npm ci` …");
  await must("npm", ["ci", "--no-audit", "--no-fund"]);
}

/** Builds all packages; only what changed is compiled. */
export async function ensureBuilt() {
  await ensureInstalled();
  removeStale();
  await must("npx", ["--no-install", "tsc", "-b"]);
}

/** What was built from sources that have moved or gone would be published, and found by tests. */
function removeStale() {
  for (const name of readdirSync(join(root, "packages"))) {
    const [dist, sources] = ["dist", "src"].map((folder) => join(root, "packages", name, folder));
    if (!existsSync(dist)) continue;
    for (const file of readdirSync(dist, { recursive: true })) {
      const [, stem] = /^(.*?)(?:\.d)?\.[jt]s$/.exec(file) ?? [];
      if (stem !== undefined && !existsSync(join(sources, `${stem}.ts`))) rmSync(join(dist, file));
    }
  }
}

/** Installs Debian packages if that is possible. Returns whether it was. */
export async function installDebian(packages) {
  if (process.getuid?.() !== 0 || !existsSync("/usr/bin/apt-get")) return false;
  console.log(`Installing ${packages.join(", ")} with apt-get …`);
  const env = { DEBIAN_FRONTEND: "noninteractive" };
  const install = ["install", "-y", "--no-install-recommends", ...packages];
  if ((await run("apt-get", install, { capture: true, env })).code === 0) return true;
  if ((await run("apt-get", ["update"], { capture: true, env })).code !== 0) return false;
  return (await run("apt-get", install, { capture: true, env })).code === 0;
}
