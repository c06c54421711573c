import type { TestProject } from "vitest/node";
import { isCi } from "../node/environment.ts";
import type { S3Program } from "../node/s3-server.ts";
import type { Missing } from "./rerun.ts";
import { ensureS3Server } from "./s3-server.ts";

declare module "vitest" {
  export interface ProvidedContext {
    /** A server with the API of S3, or the reason why there is none. */
    s3Program: S3Program | Missing;
  }
}

/**
 * Finds or installs a server with the API of S3 once, for all tests of a project: `inject("s3Program")`. Without a
 * server, vitest skips the tests that need it; in CI these tests fail.
 */
export async function provideS3(project: TestProject): Promise<void> {
  const program = await ensureS3Server();
  if ("missing" in program && !isCi) console.warn(`Tests that need object storage are skipped: ${program.missing}`);
  project.provide("s3Program", program);
}
