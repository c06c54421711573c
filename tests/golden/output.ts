import { join } from "node:path";
import { root } from "@rerun-ts/test-support/node/environment";

/** The folder of the tests' files, for people who examine a failure. Each run empties the folder at its start. */
export const OUTPUT: string = join(root, "test-results/golden");
