// `npm run test:runtimes [-- --write]`: installs other runtimes, and runs all tests in them. `--write` updates the table
// in docs/runtimes.md.
import { buildPackages } from "./lib/build-packages.ts";
import { vitestResults } from "./lib/run-suite.ts";
import { writeRuntimes } from "./lib/runtime-table.ts";

await buildPackages({ clean: true });
const { counts, results } = await vitestResults("runtimes", { RERUN_TS_RUNTIMES: "all" });
const { passed, failed, skipped } = counts;
if (process.argv.includes("--write") && results !== undefined) await writeRuntimes(results);
console.log(`\n${passed} passed, ${failed} failed, ${skipped} skipped`);
process.exit(failed === 0 ? 0 : 1);
