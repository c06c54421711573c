// `npm run demo`: logs a scene to a file, serves it, and shows it in the web viewer. Installs and builds what is missing.
import { ensureBuilt } from "./lib/install.mjs";
import { ensureRerun } from "./lib/python.mjs";
import { run } from "./lib/run.mjs";

await ensureBuilt();
// The program `rerun` holds the web viewer; without it, the package of npm has to do.
const found = process.env.RERUN_CLI_PATH === undefined ? await ensureRerun() : {};
if (found.missing !== undefined) console.log(`${found.missing}: the web viewer comes from npm.`);
const env = found.rerun === undefined ? {} : { RERUN_CLI_PATH: found.rerun };
const { code } = await run("npx", ["--no-install", "tsx", "examples/node/demo/main.ts", ...process.argv.slice(2)], {
  env,
});
process.exit(code);
