// `npm run demo`: logs a scene to a file and says how to look at it. Installs and builds what is missing.
import { ensureBuilt } from "./lib/install.mjs";
import { run } from "./lib/run.mjs";

await ensureBuilt();
const { code } = await run("npx", ["--no-install", "tsx", "examples/node/demo/main.ts", ...process.argv.slice(2)]);
process.exit(code);
