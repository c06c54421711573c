// `npm run examples`: runs the examples for Node, then serves those for browsers until Ctrl-C.
// `npm run examples -- NAME [FILE] [--flag …]`: runs only that one, on Node with the remaining arguments, such as
// `--spawn` or `--url URL`. With `--exit`, for scripts, pages are built instead of being served.
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { buildPages, PAGES, servePages } from "@rerun-ts/test-support/examples/example-pages";
import { root } from "@rerun-ts/test-support/node/environment";
import { runTypeScript } from "@rerun-ts/test-support/node/run-bin";
import { buildPackages } from "./lib/build-packages.ts";

const PROGRAMS = readdirSync(join(root, "examples/node"), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

/** Examples with a server of their own, and one that may download the viewer: they run only by name. */
const ONLY_BY_NAME = ["fleet", "incident", "pid", "rides", "training"];

const args = process.argv.slice(2);
const wanted = args.at(0)?.startsWith("-") === true ? undefined : args[0];
const isWanted = (name: string): boolean => wanted === undefined || name === wanted;
const runs = (name: string): boolean => (wanted === undefined ? !ONLY_BY_NAME.includes(name) : name === wanted);
const [programs, pages] = [PROGRAMS.filter(runs), PAGES.filter(isWanted)];
if (programs.length + pages.length === 0) {
  console.error(`There is no example ${wanted}. The examples are: ${[...PROGRAMS, ...PAGES].join(", ")}.`);
  process.exit(1);
}

await buildPackages();
for (const name of programs) {
  // Standard output may be a recording.
  console.error(`\n── examples/node/${name}`);
  const rest = wanted === undefined ? args : args.slice(1);
  const { code } = await runTypeScript([`examples/node/${name}/main.ts`, ...rest]);
  if (code !== 0) process.exit(code);
}
if (pages.length > 0 && args.includes("--exit")) {
  await buildPages(join(root, ".cache/examples"), pages);
  console.log(`\nBuilt examples for browsers: ${pages.join(", ")}`);
} else if (pages.length > 0) {
  const addressOf = await servePages();
  console.log("\nExamples for browsers, until you press Ctrl-C:");
  for (const name of pages) console.log(`  ${addressOf(name)}`);
}
