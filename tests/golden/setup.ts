import { mkdir, rm } from "node:fs/promises";
import { provideRerun } from "@rerun-ts/test-support/setup/provide-rerun";
import { readFilesBack } from "@rerun-ts/test-support/node/temporary-folder";
import type { TestProject } from "vitest/node";
import { OUTPUT } from "./output.ts";

/** Finds the real Rerun once, before all tests of the project, and empties the folder for their files. */
export async function setup(project: TestProject): Promise<void> {
  await rm(OUTPUT, { recursive: true, force: true });
  await mkdir(OUTPUT, { recursive: true });
  await provideRerun(project);
}

/** Reads back the files that the tests have written. */
export async function teardown(): Promise<void> {
  await readFilesBack(OUTPUT);
}
