import { join } from "node:path";
import { existsSync } from "node:fs";
import { root } from "@rerun-ts/test-support/node/environment";
import { ensureRerun, type RealRerun } from "@rerun-ts/test-support/setup/rerun";
import { fetchCrates, type Crates } from "./crates.ts";
import { readFacts } from "./definition-files.ts";
import { collectFacts } from "./facts.ts";
import type { Facts } from "./model.ts";
import { packageFacts } from "./package-facts.ts";
import { protoDifferences } from "./protos.ts";
import { pythonDifferences, readPythonPackage } from "./python-package.ts";
import { reflectProgram } from "./reflect-program.ts";

/** The facts of a published release of Rerun about its types and messages. */
export interface Release {
  readonly version: string;
  readonly facts: Facts;
  /** The files with its messages, as buf reads them: a folder, or compiled files. */
  readonly protos: string;
  /** The differences between its crates and its Python package, one line each. */
  readonly differences: readonly string[];
  /** Remarks for a person, one line each. */
  readonly notes?: readonly string[];
}

/**
 * Reads a release: the types of its Python package, which is installed into `.venv`, and the messages that its program
 * describes by gRPC reflection. Its crates are a second witness, and have some facts besides. Without them, these facts
 * are those of the definitions before.
 */
export async function fetchRelease(version: string): Promise<Release> {
  const rerun = await ensureRerun(version);
  if ("missing" in rerun) throw new Error(`Rerun's Python package is needed: ${rerun.missing}`);
  const python = await readPythonPackage(rerun.python);
  if (python.version !== version) throw new Error(`the Python package is ${python.version}`);
  const crates = await fetchCrates(version).catch((error: unknown) => String(error));
  if (typeof crates === "string") {
    const { facts, assumed } = packageFacts(python, readFacts(root));
    const reason = crates.trim().split("\n").at(-1) ?? "";
    const notes = [`Rerun's crates are not there, so the Python package alone decides: ${reason}`, ...assumed];
    return { version, facts, protos: await reflectProgram(rerun.rerun, version), differences: [], notes };
  }
  const facts = collectFacts(crates, python);
  const { protos, differences, notes } = await protosOf(version, rerun, crates);
  return { version, facts, protos, differences: [...pythonDifferences(facts, python), ...differences], notes };
}

/** The messages of the program. Those of the crates, which must be the same, if the program cannot be asked. */
async function protosOf(
  version: string,
  { rerun }: RealRerun,
  crates: Crates,
): Promise<Required<Pick<Release, "protos" | "differences" | "notes">>> {
  const published = publishedProtos(crates);
  try {
    const protos = await reflectProgram(rerun, version);
    const differences = await protoDifferences(join(root, "proto"), protos);
    const others = await protoDifferences(join(root, "proto"), published);
    const disputed = [
      ...differences.filter((line) => !others.includes(line)).map((line) => `only the program: ${line}`),
      ...others.filter((line) => !differences.includes(line)).map((line) => `only the crates: ${line}`),
    ];
    return { protos, differences: disputed, notes: [] };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { protos: published, differences: [], notes: [`the messages are those of the crates alone: ${reason}`] };
  }
}

/** The `.proto` files of a release. Releases before 0.41 have them compiled, as a file descriptor set. */
export function publishedProtos({ re_protos: crate }: Pick<Crates, "re_protos">): string {
  const folder = join(crate, "proto");
  return existsSync(folder) ? folder : `${join(crate, "src/v1alpha1/rerun.v1alpha1.fds.bin")}#format=binpb`;
}
