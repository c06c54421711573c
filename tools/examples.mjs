// `npm run examples`: runs the examples for Node, then serves those for browsers until Ctrl-C.
// `npm run examples -- --exit` only runs the former; `npm run examples -- demo` runs one.
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { ensureBuilt } from "./lib/install.mjs";
import { must, root } from "./lib/run.mjs";

const args = process.argv.slice(2);
const wanted = args.find((arg) => !arg.startsWith("--"));
const [names, pages] = [foldersIn("examples/node"), foldersIn("examples/web")];
if (names.length + pages.length === 0) {
  console.error(`There is no example called ${wanted}.`);
  process.exit(1);
}

await ensureBuilt();
for (const name of names) {
  console.log(`\n── examples/node/${name}`);
  await must("npx", ["--no-install", "tsx", `examples/node/${name}/main.ts`, "--exit"]);
}
if (pages.length > 0 && !args.includes("--exit")) {
  const { createServer } = await import("vite");
  const server = await createServer({ root, configFile: false, logLevel: "warn", server: { host: "127.0.0.1" } });
  await server.listen();
  console.log("\nExamples for browsers, until you press Ctrl-C:");
  for (const name of pages) console.log(`  ${server.resolvedUrls.local[0]}examples/web/${name}/`);
}

/** The examples of a kind: all, or the one that is wanted. */
function foldersIn(kind) {
  const entries = readdirSync(join(root, kind), { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return entries.map(({ name }) => name).filter((name) => wanted === undefined || name === wanted);
}
