import { mkdir, rm } from "node:fs/promises";
import type { TestProject } from "vitest/node";
import { ensureRerun } from "../../tools/lib/python.mjs";
import { outputFolder } from "./harness/output.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** Where the real Rerun is, or why it is not there. */
    realRerun: { python: string; rerun: string } | { missing: string };
  }
}

/** Looks for the real Rerun once, before all tests of the project, and empties the folder for their files. */
export async function setup(project: TestProject): Promise<void> {
  await rm(outputFolder, { recursive: true, force: true });
  await mkdir(outputFolder, { recursive: true });
  const rerun = await ensureRerun();
  if ("missing" in rerun) console.warn(`The real Rerun is not there, so nothing is compared with it: ${rerun.missing}`);
  project.provide("realRerun", rerun);
}
