// Run by `npm pack` for packages/web: while the package is packed, `dist/opfs-worker.js` and `dist/encoder-worker.js`
// are one file each without imports, because workers know no import maps, and pages without a bundler copy them.
// `--restore` undoes that.
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

/** The programs by the names of their files. */
const PROGRAMS = {
  "opfs-worker": 'import { serveStorage } from "./opfs/serve-storage.js";\nserveStorage();\n',
  "encoder-worker": 'import { serveEncoders } from "./encoder-worker/serve-encoders.js";\nserveEncoders();\n',
};

for (const [name, program] of Object.entries(PROGRAMS)) {
  const file = fileURLToPath(new URL(`../packages/web/dist/${name}.js`, import.meta.url));
  if (process.argv.includes("--restore")) {
    writeFileSync(file, program);
  } else if (readFileSync(file, "utf8").endsWith(program)) {
    const options = { bundle: true, minify: true, format: /** @type {const} */ ("esm") };
    await build({ entryPoints: [file], outfile: file, allowOverwrite: true, ...options });
  }
}
