// Starts a program of this repository: `node tools/start.mjs tools/test.ts --soak`. This file is plain JavaScript
// because a fresh clone has no node_modules: it installs them if they are missing or outdated, then runs the program
// with tsx.
import { spawnSync } from "node:child_process";
import { existsSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

process.chdir(fileURLToPath(new URL("..", import.meta.url)));
const [program = ""] = process.argv.splice(2, 1);
install(".");
// These check the documentation and the imports, which needs the compiler's JavaScript API.
if (["tools/check.ts", "tools/docs.ts", "tools/test.ts"].includes(program)) install("tools/typescript-6");
const { register } = await import("tsx/esm/api");
register();
await import(pathToFileURL(resolve(program)).href);

/** Installs the packages that a folder's package-lock.json lists, unless that was done since the file changed. */
function install(folder) {
  const [lock, installed] = ["package-lock.json", "node_modules/.package-lock.json"].map((name) =>
    resolve(folder, name),
  );
  if (existsSync(installed) && statSync(installed).mtimeMs >= statSync(lock).mtimeMs) return;
  console.log(`Installing packages with \`npm ci\` in ${resolve(folder)} …`);
  const options = { cwd: folder, stdio: "inherit", shell: process.platform === "win32" };
  const { status } = spawnSync("npm", ["ci", "--no-audit", "--no-fund"], options);
  if (status !== 0) process.exit(status ?? 1);
}
