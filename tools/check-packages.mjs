import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { pack } from "./lib/pack.mjs";
import { root, run } from "./lib/run.mjs";

const LINTERS = [
  ["publint", "--strict"],
  ["attw", "--profile", "esm-only", "--no-emoji", "--no-color"],
];
const NEEDED = ["LICENSE", "README.md", "package.json", "dist/index.js", "dist/index.d.ts"];
const BUILT = /^dist\/(.*?)(?:\.d)?\.[jt]s$/;

/** Looks at the packages as they would be published. Problems, or nothing. */
export async function checkPackages() {
  const folder = join(root, ".cache/packed");
  await rm(folder, { recursive: true, force: true });
  const packages = await pack(folder);
  const problems = await Promise.all(
    packages.map(async (one) => [...contentsProblems(one), ...(await linterProblems(one))]),
  );
  return problems.flat().join("\n");
}

/** What is needed is there, and nothing that was built from sources which are gone. */
function contentsProblems({ name, files }) {
  const sources = join(root, "packages", name.slice(name.indexOf("/") + 1), "src");
  const missing = NEEDED.filter((file) => !files.includes(file)).map((file) => `${name} lacks ${file}`);
  const strange = files.filter((file) => {
    const [, stem] = BUILT.exec(file) ?? [];
    return stem === undefined ? !NEEDED.includes(file) : !existsSync(join(sources, `${stem}.ts`));
  });
  return [...missing, ...strange.map((file) => `${name} holds ${file}, which has no source: delete dist and build`)];
}

async function linterProblems({ tarball }) {
  const problems = [];
  for (const [linter, ...args] of LINTERS) {
    const { code, output } = await run("npx", ["--no-install", linter, tarball, ...args], { capture: true });
    if (code !== 0) problems.push(output.trim());
  }
  return problems;
}
