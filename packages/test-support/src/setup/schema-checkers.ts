import { existsSync } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { root } from "../node/environment.ts";
import { run } from "../node/run.ts";
import type { Missing } from "./rerun.ts";

/** The packages that have the schemas of Compose files and of Kubernetes, and their requirements. */
const PACKAGES = ["check-jsonschema==0.39.0", "kubernetes-validate==1.37.0"];
const FOLDER = join(root, ".cache", `schemas-${PACKAGES.map((name) => name.split("==")[1]).join("-")}`);

/** Programs that compare files with schemas. */
export interface SchemaCheckers {
  /** Python, with a package for YAML. */
  readonly python: string;
  /** `check-jsonschema`, which has the schema of Compose files. */
  readonly checkSchema: string;
  /** `kubernetes-validate`. */
  readonly checkKubernetes: string;
}

/** Finds the programs in `.cache`, or installs them there. */
export async function ensureSchemaCheckers(): Promise<SchemaCheckers | Missing> {
  const programs = {
    python: join(FOLDER, "bin/python"),
    checkSchema: join(FOLDER, "bin/check-jsonschema"),
    checkKubernetes: join(FOLDER, "bin/kubernetes-validate"),
  };
  if (existsSync(FOLDER)) return programs;
  console.log(`Installing ${PACKAGES.join(" and ")} in .cache …`);
  await mkdir(join(FOLDER, ".."), { recursive: true });
  const made = await run("python3", ["-m", "venv", "--clear", FOLDER], { capture: true });
  const args = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-compile", ...PACKAGES];
  const installed = made.code === 0 ? await run(programs.python, args, { capture: true }) : made;
  if (installed.code === 0) return programs;
  await rm(FOLDER, { recursive: true, force: true });
  return { missing: `the schemas of Compose and Kubernetes cannot be installed: ${installed.output.trim()}` };
}
