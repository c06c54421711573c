// `npm run demo`: logs a scene to a file, serves it, and shows it in the web viewer. Installs and builds what is
// missing.
import { runTypeScript } from "@rerun-ts/test-support/node/run-bin";
import { ensureRerun } from "@rerun-ts/test-support/setup/rerun";
import { buildPackages } from "./lib/build-packages.ts";

await buildPackages();
const { code } = await runTypeScript(["examples/node/demo/main.ts", ...process.argv.slice(2)], {
  env: await viewerEnvironment(),
});
process.exit(code);

/** The program `rerun` contains the web viewer; without it, the npm package of the viewer is used. */
async function viewerEnvironment(): Promise<NodeJS.ProcessEnv> {
  if (process.env["RERUN_CLI_PATH"] !== undefined) return {};
  const found = await ensureRerun();
  if ("rerun" in found) return { RERUN_CLI_PATH: found.rerun };
  console.log(`${found.missing}: the web viewer from npm is used.`);
  return {};
}
