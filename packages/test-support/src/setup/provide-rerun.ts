import type { TestProject } from "vitest/node";
import { isCi } from "../node/environment.ts";
import { ensureRerun, type Missing, type RealRerun } from "./rerun.ts";

declare module "vitest" {
  export interface ProvidedContext {
    /** The paths of the real Rerun, or the reason why it is not available. */
    realRerun: RealRerun | Missing;
  }
}

/**
 * Finds or installs the real Rerun once, for all tests of a project: `inject("realRerun")`. Without Rerun, vitest skips
 * the tests that need it; in CI these tests fail.
 */
export async function provideRerun(project: TestProject): Promise<void> {
  const rerun = await ensureRerun();
  if ("missing" in rerun && !isCi) console.warn(`Tests that need the real Rerun are skipped: ${rerun.missing}`);
  project.provide("realRerun", rerun);
}
