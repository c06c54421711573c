// `npm run test:quick`: checks types, the style of changed files, and runs the unit tests that depend on them, of the
// packages that have changed since the last commit. Other packages, the fuzz corpus and the simulations are left to
// `npm test`.
import type { RunResult } from "@rerun-ts/test-support/node/run";
import { runBin } from "@rerun-ts/test-support/node/run-bin";
import { changedFiles } from "./lib/changed-files.ts";
import { quickTestFolders } from "./lib/quick-tests.ts";

/** Files with rules for their style. */
const SOURCE = /\.[cm]?[jt]sx?$/;
const CAPTURED = { capture: true };

const files = await changedFiles();
const sources = files.filter((file) => SOURCE.test(file));
const folders = quickTestFolders(files);
// Beside each other: the compiler takes a core, and the tests often wait.
const results = await Promise.all([report("types", checkTypes()), report("lint", lint()), runTests()]);
process.exit(results.every(({ code }) => code === 0) ? 0 : 1);

async function checkTypes(): Promise<RunResult> {
  const built = await runBin("typescript", "tsc", ["-b"], CAPTURED);
  return built.code === 0 ? await runBin("typescript", "tsc", ["-p", "tsconfig.tests.json"], CAPTURED) : built;
}

/** Without files, the linter would check all. */
async function lint(): Promise<RunResult> {
  if (sources.length === 0) return { code: 0, output: "" };
  return await runBin("oxlint", "oxlint", ["--type-aware", "--quiet", ...sources], CAPTURED);
}

async function runTests(): Promise<RunResult> {
  if (folders.length === 0) return { code: 0, output: "" };
  const projects = ["--project=unit", "--project=node", "--mode=source", "--passWithNoTests"];
  return await runBin("vitest", "vitest", ["run", ...projects, ...folders, "--changed"]);
}

async function report(name: string, running: Promise<RunResult>): Promise<RunResult> {
  const result = await running;
  console.log(`${result.code === 0 ? "ok     " : "FAILED "} ${name}`);
  if (result.code !== 0) console.log(result.output.trimEnd());
  return result;
}
