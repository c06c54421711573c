import { provideRerun } from "@rerun-ts/test-support/setup/provide-rerun";
import { provideS3 } from "@rerun-ts/test-support/setup/provide-s3";
import type { TestProject } from "vitest/node";

/** Finds or installs the programs that tests of processes need. */
export async function setup(project: TestProject): Promise<void> {
  await provideRerun(project);
  await provideS3(project);
}
