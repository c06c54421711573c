import { mkdir, rm } from "node:fs/promises";
import { provideRerun } from "@rerun-ts/test-support/setup/provide-rerun";
import { readFilesBack } from "@rerun-ts/test-support/node/temporary-folder";
import type { TestProject } from "vitest/node";
import { outputFolder } from "./harness/output.ts";

/** Finds the real Rerun once, before all tests of the project, and empties the folder for their files. */
export async function setup(project: TestProject): Promise<void> {
  await rm(outputFolder, { recursive: true, force: true });
  await mkdir(outputFolder, { recursive: true });
  await provideRerun(project);
}

/** Reads back what this SDK has written. Files of Rerun are read by tests, and damaged ones are what is repaired. */
export async function teardown(): Promise<void> {
  await readFilesBack(outputFolder, (path) => /\.(?:theirs|merged)\.rrd$|^repair\.cut|\.damaged\.rrd$/.test(path));
}
