import type { TestProject } from "vitest/node";
import { ensureRerun } from "../../../tools/lib/python.mjs";
import { isCi } from "../../../tools/lib/run.mjs";

declare module "vitest" {
  export interface ProvidedContext {
    /** Where the real `rerun` program is, or why it is not there. */
    rerun: { readonly rerun: string } | { readonly missing: string };
  }
}

/** Looks for the real Rerun once, before all tests. Without it the tests that need it are skipped, but not in CI. */
export async function setup(project: TestProject): Promise<void> {
  const found = await ensureRerun();
  if ("missing" in found) {
    if (isCi) throw new Error(`the real Rerun is needed: ${found.missing}`);
    console.warn(`Tests that need the real Rerun are skipped: ${found.missing}`);
  }
  project.provide("rerun", found);
}
