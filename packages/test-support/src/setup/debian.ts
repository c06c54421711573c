import { existsSync } from "node:fs";
import { run } from "../node/run.ts";

/** The last installation, of those of this process: apt-get runs once at a time. */
let last: Promise<unknown> = Promise.resolve();

/** Installs Debian packages where that is possible. Returns whether it was. */
export async function installDebian(packages: readonly string[]): Promise<boolean> {
  if (process.getuid?.() !== 0 || !existsSync("/usr/bin/apt-get")) return false;
  const installed = last.then(() => install(packages));
  last = installed.catch(() => {});
  return installed;
}

async function install(packages: readonly string[]): Promise<boolean> {
  console.log(`Installing ${packages.join(", ")} with apt-get …`);
  const apt = async (...args: readonly string[]): Promise<boolean> => {
    const { code } = await run("apt-get", args, { capture: true, env: { DEBIAN_FRONTEND: "noninteractive" } });
    return code === 0;
  };
  const args = ["install", "-y", "--no-install-recommends", ...packages];
  return (await apt(...args)) || ((await apt("update")) && (await apt(...args)));
}
