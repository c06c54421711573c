// `npm run demo`: logs a scene to a file, serves it, and shows it in the web viewer. Installs and builds all missing
// parts: for the native viewer (`--spawn`) the Python package of Rerun, and for the web viewer a much smaller one.
import { ensureRerun } from "@rerun-ts/test-support/setup/rerun";
import { ensureWebViewer } from "@rerun-ts/test-support/setup/web-viewer";
import { buildPackages } from "./lib/build-packages.ts";

await buildPackages();
const isHelp = process.argv.some((arg) => arg === "--help" || arg === "-h");
if (!isHelp) Object.assign(process.env, process.argv.includes("--spawn") ? await nativeViewer() : await webViewer());
// In this process: a child would go on serving if only this one was killed.
await import(new URL("../examples/node/demo/main.ts", import.meta.url).href);

/** The program `rerun`: the user's own, or the program of the Python package. */
async function nativeViewer(): Promise<NodeJS.ProcessEnv> {
  if (process.env["RERUN_CLI_PATH"] !== undefined) return {};
  const found = await ensureRerun();
  return "rerun" in found ? { RERUN_CLI_PATH: found.rerun } : {};
}

/** The folder of the viewer for pages. Without it, the demo looks for one in the system. */
async function webViewer(): Promise<NodeJS.ProcessEnv> {
  try {
    return { DEMO_VIEWER: await ensureWebViewer() };
  } catch (error) {
    console.log(String(error));
    return {};
  }
}
