import { inject } from "vitest";
import { isCi } from "../node/environment.ts";
import type { S3Program } from "../node/s3-server.ts";

/** The name of the server that tests use, for their titles. */
export function s3Name(): string {
  const program = inject("s3Program");
  return "missing" in program ? "no server" : program.name;
}

/** Whether tests with object storage are skipped: where it is missing, but not in CI. */
export function lacksS3(): boolean {
  return "missing" in inject("s3Program") && !isCi;
}

/** Returns the server with the API of S3. @throws if there is none */
export function s3Program(): S3Program {
  const program = inject("s3Program");
  if ("missing" in program) throw new Error(`object storage is not available: ${program.missing}`);
  return program;
}
