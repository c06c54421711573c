// `npm run definitions`: writes definitions/*.json and the declarations of proto/ from the Rerun release that
// RERUN_VERSION names. `npm run definitions -- --check` writes nothing and fails if something would change.
// Needs the network for Rerun's Python package. Its crates, for which Cargo is needed, are a second witness.
import { join } from "node:path";
import { root } from "@rerun-ts/test-support/node/environment";
import { RERUN_VERSION } from "../../packages/core/src/rerun-version.ts";
import { applyProtos, protoGaps } from "./apply-protos.ts";
import { staleDefinitions, writeDefinitions } from "./definition-files.ts";
import { protoDifferences } from "./protos.ts";
import { fetchRelease } from "./release.ts";

const proto = join(root, "proto");
const release = await fetchRelease(RERUN_VERSION);
const problems = [...release.differences, ...(process.argv.includes("--check") ? await check() : await write())];
for (const note of release.notes ?? []) console.log(note);
for (const problem of problems) console.error(problem);
console.log(`Rerun ${RERUN_VERSION}: ${problems.length === 0 ? "no differences" : `${problems.length} differences`}`);
process.exitCode = problems.length === 0 ? 0 : 1;

async function check(): Promise<string[]> {
  const stale = [...staleDefinitions(root, release.facts).keys()];
  return [...stale.map((path) => `${path} is not what Rerun says`), ...(await protoDifferences(proto, release.protos))];
}

/** Returns the texts that a person must write. */
async function write(): Promise<string[]> {
  for (const path of writeDefinitions(root, release.facts)) console.log(`${path} was changed`);
  for (const change of await applyProtos(proto, release.protos)) console.log(`proto/: ${change}`);
  return protoGaps(proto).map(({ file, problem, todo }) => `${file}: ${problem}: ${todo}`);
}
