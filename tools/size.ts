// `npm run size [-- --json FILE] [--write]`: measures how large small programs with this SDK are, minified and
// compressed. Fails if one exceeds its budget, if a bundle contains code that the program does not use, or if the table
// in README.md is outdated; `--write` updates the table. `--quick` leaves out brotli, for which there is no budget.
import { writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { buildPackages } from "./lib/build-packages.ts";
import { contentProblems, measureSizes, type Size } from "./lib/bundle-sizes.ts";
import { isReadmeCurrent, writeReadme } from "./lib/size-table.ts";

const LISTED_MODULES = 10;

const { json, write, quick } = parseArgs({
  options: { json: { type: "string" }, write: { type: "boolean" }, quick: { type: "boolean" } },
}).values;
await buildPackages();
const sizes = await measureSizes({ brotli: quick !== true });
console.log(formatTable(sizes));
printModules(sizes[0]);
const problems = [...sizes.flatMap(budgetProblems), ...(await contentProblems())];
if (write === true) await writeReadme(sizes);
else if (!(await isReadmeCurrent(sizes))) {
  problems.push("the sizes in README.md are outdated: run `npm run size -- --write`");
}
for (const problem of problems) console.error(`\n${problem}`);
if (json !== undefined) {
  const bundles = sizes.map((size) => ({ ...size, modules: undefined, story: undefined }));
  await writeFile(json, `${JSON.stringify({ bundles }, null, 2)}\n`);
}
process.exit(problems.length > 0 ? 1 : 0);

function budgetProblems({ name, counted, budget = Infinity }: Size): readonly string[] {
  return counted <= budget ? [] : [`${name} takes ${counted} bytes gzipped, more than its budget of ${budget}`];
}

function formatTable(all: readonly Size[]): string {
  const kilobytes = (bytes: number | undefined): string => (bytes === undefined ? "–" : (bytes / 1000).toFixed(1));
  const row = ([name = "", ...cells]: readonly string[]): string =>
    name.padEnd(24) + cells.map((cell) => cell.padStart(9)).join("");
  const rows = all.map(({ name, bytes, gzip, brotli, page, budget }) =>
    row([name, ...[bytes, gzip, brotli, page, budget].map(kilobytes)]),
  );
  return [row(["kB", "minified", "gzip", "brotli", "Vite", "budget"]), ...rows].join("\n");
}

function printModules(size: Size | undefined): void {
  if (size === undefined) return;
  console.log(`\nThe largest modules of ${size.name}, in bytes:`);
  for (const { path, bytes } of size.modules.slice(0, LISTED_MODULES)) {
    console.log(`${String(bytes).padStart(7)}  ${path}`);
  }
}
