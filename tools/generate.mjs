// `npm run generate`: writes what is generated from definitions/ and proto/.
import { ensureInstalled } from "./lib/install.mjs";
import { must } from "./lib/run.mjs";

await ensureInstalled();
await must("node", ["tools/codegen/generate.mjs", ...process.argv.slice(2)]);
