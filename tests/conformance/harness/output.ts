import { join } from "node:path";
import { root } from "@rerun-ts/test-support/node/environment";

/** The folder for files of the tests, for inspection after a failure. It is emptied at the start of each run. */
export const outputFolder: string = join(root, "test-results/conformance");

/** The path of a file in that folder. */
export function outputFile(name: string): string {
  return join(outputFolder, name);
}
