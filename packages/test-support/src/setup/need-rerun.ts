import { inject, type TestContext } from "vitest";
import { isCi } from "../node/environment.ts";
import type { RealRerun } from "./rerun.ts";

/** Whether the real Rerun is available. */
export function isRerunThere(): boolean {
  return !("missing" in inject("realRerun"));
}

/** Returns the real Rerun. @throws if it is not available */
export function realRerun(): RealRerun {
  const rerun = inject("realRerun");
  if ("missing" in rerun) throw new Error(`the real Rerun is not available: ${rerun.missing}`);
  return rerun;
}

/** Skips a test that needs the real Rerun where Rerun is not available; in CI the test fails. */
export function needRerun(context: Pick<TestContext, "skip">): RealRerun {
  const rerun = inject("realRerun");
  if ("missing" in rerun && !isCi) context.skip(rerun.missing);
  return realRerun();
}
