import { mkdir, rm } from "node:fs/promises";
import type { TestProject } from "vitest/node";
import { ensureRerun } from "../../tools/lib/python.mjs";
import { FOLDER, areGoldensThere } from "./goldens.ts";
import { OUTPUT } from "./output.ts";

/** Looks for the real Rerun once, before all tests of the project, and empties the folder for their files. */
export async function setup(project: TestProject): Promise<void> {
  await rm(OUTPUT, { recursive: true, force: true });
  await mkdir(OUTPUT, { recursive: true });
  if (!areGoldensThere) {
    console.warn(`The golden recordings are not there (${FOLDER}), so none is reproduced`);
    return project.provide("realRerun", { missing: "it is not needed" });
  }
  const rerun = await ensureRerun();
  if ("missing" in rerun) console.warn(`The real Rerun is not there, so no golden is reproduced: ${rerun.missing}`);
  project.provide("realRerun", rerun);
}
