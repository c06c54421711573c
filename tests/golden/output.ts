import { join } from "node:path";
import { root } from "@rerun-ts/test-support/node/environment";

/** Where the tests leave their files, to be looked at when one fails; emptied at the start of each run. */
export const OUTPUT: string = join(root, "test-results/golden");
