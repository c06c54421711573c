// `npm run check`: checks everything that can be checked without running tests. Each check is an npm script of its own,
// such as `npm run check:types`.
import { BUILT, buildPackages } from "./lib/build-packages.ts";
import { runChecks } from "./lib/run-checks.ts";

await buildPackages({ clean: true });
// Checks run beside each other, and one of them would build while others read.
process.env[BUILT] = "1";
const results = await runChecks();
process.exit(results.every(({ passed }) => passed) ? 0 : 1);
