// Run by `npm pack` for packages/web: while the package is packed, `dist/opfs-worker.js` is one file without imports,
// because workers know no import maps, and pages without a bundler copy it. `--restore` undoes that.
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const FILE = fileURLToPath(new URL("../packages/web/dist/opfs-worker.js", import.meta.url));
const PROGRAM = 'import { serveStorage } from "./opfs/serve-storage.js";\nserveStorage();\n';

if (process.argv.includes("--restore")) {
  writeFileSync(FILE, PROGRAM);
} else if (readFileSync(FILE, "utf8").endsWith(PROGRAM)) {
  const options = { bundle: true, minify: true, format: /** @type {const} */ ("esm") };
  await build({ entryPoints: [FILE], outfile: FILE, allowOverwrite: true, ...options });
}
