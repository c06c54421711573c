// `npm run size [-- --json FILE] [--write]`: how much small programs that use the SDK weigh, minified and compressed;
// fails if one is over its budget, if a bundle holds what the program does not use, or if the table in README.md is not
// true any more, which `--write` sets right.
import { writeFile } from "node:fs/promises";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { contentProblems, weighAll } from "./lib/bundle-sizes.mjs";
import { ensureBuilt } from "./lib/install.mjs";
import { isReadmeTrue, writeReadme } from "./lib/size-table.mjs";

const LISTED_MODULES = 10;

/** Weighs everything. Returns what was found, and problems. */
async function weigh() {
  const sizes = await weighAll();
  const tooLarge = sizes
    .filter(({ counted, budget }) => budget !== undefined && counted > budget)
    .map(({ name, counted, budget }) => `${name} takes ${counted} bytes gzipped, more than its budget of ${budget}`);
  return { sizes, problems: [...tooLarge, ...(await contentProblems())] };
}

/** For `npm run check`: problems, or nothing. */
export async function checkSizes() {
  const { sizes, problems } = await weigh();
  if (!(await isReadmeTrue(sizes))) {
    problems.push("the sizes in README.md are not true any more: run `npm run size -- --write`");
  }
  return problems.join("\n");
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const { values: options } = parseArgs({ options: { json: { type: "string" }, write: { type: "boolean" } } });
  await ensureBuilt();
  const { sizes, problems } = await weigh();
  console.log(formatTable(sizes));
  console.log(`\nThe largest modules of ${sizes[0].name}, in bytes:`);
  for (const { path, bytes } of sizes[0].modules.slice(0, LISTED_MODULES)) {
    console.log(`${String(bytes).padStart(7)}  ${path}`);
  }
  if (options.write) await writeReadme(sizes);
  else if (!(await isReadmeTrue(sizes))) problems.push("README.md tells other sizes: `npm run size -- --write`");
  for (const problem of problems) console.error(`\n${problem}`);
  if (options.json !== undefined) {
    const bundles = sizes.map((size) => ({ ...size, modules: undefined, story: undefined }));
    await writeFile(options.json, `${JSON.stringify({ bundles }, null, 2)}\n`);
  }
  process.exit(problems.length > 0 ? 1 : 0);
}

/** Everything in kB. */
function formatTable(sizes) {
  const kilobytes = (bytes) => (bytes === undefined ? "–" : (bytes / 1000).toFixed(1));
  const row = (cells) => cells.map((cell, index) => (index === 0 ? cell.padEnd(24) : cell.padStart(9))).join("");
  const rows = sizes.map(({ name, bytes, gzip, brotli, page, budget }) =>
    row([name, ...[bytes, gzip, brotli, page, budget].map(kilobytes)]),
  );
  return [row(["kB", "minified", "gzip", "brotli", "Vite", "budget"]), ...rows].join("\n");
}
