import { existsSync } from "node:fs";
import { run } from "../node/run.ts";

/** Installs Debian packages where that is possible. Returns whether it was. */
export async function installDebian(packages: readonly string[]): Promise<boolean> {
  if (process.getuid?.() !== 0 || !existsSync("/usr/bin/apt-get")) return false;
  console.log(`Installing ${packages.join(", ")} with apt-get …`);
  const apt = async (...args: readonly string[]): Promise<boolean> => {
    const { code } = await run("apt-get", args, { capture: true, env: { DEBIAN_FRONTEND: "noninteractive" } });
    return code === 0;
  };
  const install = ["install", "-y", "--no-install-recommends", ...packages];
  return (await apt(...install)) || ((await apt("update")) && (await apt(...install)));
}
