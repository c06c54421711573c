import { ensureRerun } from "@rerun-ts/test-support/setup/rerun";
import { fetchCrates, type Crates } from "./crates.ts";
import { collectFacts } from "./facts.ts";
import type { Facts } from "./model.ts";
import { pythonDifferences, readPythonPackage } from "./python-package.ts";

/** The facts of a published release of Rerun about its types and messages. */
export interface Release {
  readonly version: string;
  readonly facts: Facts;
  /** The crate with the messages. */
  readonly crates: Pick<Crates, "re_protos">;
  /** The differences between its crates and its Python package, one line each. */
  readonly differences: readonly string[];
}

/** Downloads the crates of a release and installs its Python package into `.venv`, if they are not there yet. */
export async function fetchRelease(version: string): Promise<Release> {
  const crates = await fetchCrates(version);
  const rerun = await ensureRerun(version);
  if ("missing" in rerun) throw new Error(`Rerun's Python package is needed: ${rerun.missing}`);
  const python = await readPythonPackage(rerun.python);
  if (python.version !== version) throw new Error(`the Python package is ${python.version}`);
  const facts = collectFacts(crates, python);
  return { version, facts, crates, differences: pythonDifferences(facts, python) };
}
