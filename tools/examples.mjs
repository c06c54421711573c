// `npm run examples`: runs the examples for Node, then serves those for browsers until Ctrl-C.
// `npm run examples -- NAME [FILE] [--flag …]`: only that one; on Node it gets the rest, such as `--spawn` or `--url URL`.
// With `--exit`, for machines, pages are built instead of being served.
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { buildPages, PAGES, servePages } from "./lib/example-pages.mjs";
import { ensureBuilt } from "./lib/install.mjs";
import { must, root } from "./lib/run.mjs";

const PROGRAMS = readdirSync(join(root, "examples/node"), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

const args = process.argv.slice(2);
const first = args[0]?.startsWith("-") ? undefined : args[0];
const isForMachines = args.includes("--exit");
const [programs, pages] = [PROGRAMS, PAGES].map((names) =>
  first === undefined ? names : names.filter((name) => name === first),
);
if (programs.length + pages.length === 0) {
  console.error(`There is no example called ${first}; there are ${[...PROGRAMS, ...PAGES].join(", ")}.`);
  process.exit(1);
}

await ensureBuilt();
const rest = first === undefined ? args : args.slice(1);
for (const name of programs) {
  // Standard output may be a recording.
  console.error(`\n── examples/node/${name}`);
  await must("npx", ["--no-install", "tsx", `examples/node/${name}/main.ts`, ...rest]);
}
if (pages.length > 0 && isForMachines) {
  await buildPages(join(root, ".cache/examples"), pages);
  console.log(`\nBuilt examples for browsers: ${pages.join(", ")}`);
} else if (pages.length > 0) {
  const addressOf = await servePages();
  console.log("\nExamples for browsers, until you press Ctrl-C:");
  for (const name of pages) console.log(`  ${addressOf(name)}`);
}
