// `npm run definitions`: writes definitions/*.json from the Rerun release that RERUN_VERSION names, and reports where
// proto/ differs from it. `npm run definitions -- --check` writes nothing and fails if a file would change.
// Needs Cargo and the network for Rerun's sources, and its Python package.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "@rerun-ts/test-support/node/environment";
import { ensureRerun } from "@rerun-ts/test-support/setup/rerun";
import { RERUN_VERSION } from "../../packages/core/src/rerun-version.ts";
import { fetchCrates, type Crates } from "./crates.ts";
import { collectFacts } from "./facts.ts";
import { formatEntries } from "./format.ts";
import { protoDifferences } from "./protos.ts";
import { pythonDifferences, readPythonPackage } from "./python-package.ts";

const isCheck = process.argv.includes("--check");

const crates = await fetchCrates(RERUN_VERSION);
const problems = [...(await updateDefinitions(crates)), ...(await protoDifferences(join(root, "proto"), crates))];
for (const problem of problems) console.error(problem);
console.log(`Rerun ${RERUN_VERSION}: ${problems.length === 0 ? "no differences" : `${problems.length} differences`}`);
process.exitCode = problems.length === 0 ? 0 : 1;

/** Writes the definitions, or checks them. Returns problems. */
async function updateDefinitions(sources: Crates): Promise<string[]> {
  const rerun = await ensureRerun();
  if ("missing" in rerun) throw new Error(`Rerun's Python package is needed: ${rerun.missing}`);
  const python = await readPythonPackage(rerun.python);
  if (python.version !== RERUN_VERSION) throw new Error(`the Python package is ${python.version}`);
  const facts = collectFacts(sources, python);
  const stale = Object.entries(facts).flatMap(([name, entries]) => {
    const path = `definitions/${name}.json`;
    const content = formatEntries(entries);
    if (readFileSync(join(root, path), "utf8") === content) return [];
    if (!isCheck) writeFileSync(join(root, path), content);
    return [path];
  });
  if (!isCheck) for (const path of stale) console.log(`${path} was changed`);
  return [
    ...(isCheck ? stale.map((path) => `${path} is not what Rerun says`) : []),
    ...pythonDifferences(facts, python),
  ];
}
