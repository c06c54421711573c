// `npm run check`: generated code is fresh, and format, lint, types and dependency directions are right.
import { pathToFileURL } from "node:url";
import { checkDependencies } from "./check-dependencies.mjs";
import { checkDocs } from "./check-docs.mjs";
import { checkPackages } from "./check-packages.mjs";
import { ensureBuilt } from "./lib/install.mjs";
import { run } from "./lib/run.mjs";
import { checkSizes } from "./size.mjs";

const CHECKS = [
  ["generated code is fresh", () => command("node", "tools/codegen/generate.mjs", "--check")],
  ["format", () => command("npx", "--no-install", "oxfmt", "--check", ".")],
  ["lint", () => command("npx", "--no-install", "oxlint", "--type-aware", "--quiet")],
  ["types of the packages", () => command("npx", "--no-install", "tsc", "-b")],
  ["types of tests, examples and tools", () => command("npx", "--no-install", "tsc", "-p", "tsconfig.tests.json")],
  ["types for users, with exactOptionalPropertyTypes and without", userTypes],
  ["examples in README.md and docs/", checkDocs],
  ["dependency directions", checkDependencies],
  ["packages as they are published", checkPackages],
  ["sizes of bundles, and their table in README.md", checkSizes],
];

/** Runs all checks. Returns their names and whether they passed. */
export async function check() {
  await ensureBuilt();
  const results = [];
  for (const [name, perform] of CHECKS) {
    const problems = await perform();
    console.log(`${problems === "" ? "ok     " : "FAILED "} ${name}`);
    if (problems !== "") console.log(problems);
    results.push({ name: `check: ${name}`, passed: problems === "" });
  }
  return results;
}

/** The output of a command that fails, or nothing. */
async function command(name, ...args) {
  const { code, output } = await run(name, args, { capture: true });
  return code === 0 ? "" : output.trim() || `exit code ${code}`;
}

async function userTypes() {
  const projects = [
    "tests/types/tsconfig.node.json",
    "tests/types/tsconfig.web.json",
    "tests/types/tsconfig.loose.json",
  ];
  const outputs = await Promise.all(projects.map((project) => command("npx", "--no-install", "tsc", "-p", project)));
  return outputs.filter((output) => output !== "").join("\n");
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const results = await check();
  process.exit(results.every(({ passed }) => passed) ? 0 : 1);
}
