// `npm run size [-- --json FILE]`: how much small programs that use the SDK weigh, minified and compressed; fails if
// one is over its budget, or if a bundle holds what the program does not use.
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { archetypesIn, bundle } from "./lib/bundle.mjs";
import { ensureBuilt } from "./lib/install.mjs";
import { root } from "./lib/run.mjs";

/** The programs in benchmarks/size; budgets are in bytes after gzip. */
const PROGRAMS = [
  { name: "points-scalars-memory", budget: 35_000 },
  { name: "points-download" },
  { name: "everything" },
  { name: "node-save", platform: "node" },
];
const LISTED_MODULES = 10;

const { values: options } = parseArgs({ options: { json: { type: "string" } } });
await ensureBuilt();

const problems = [];
const bundles = [];
for (const program of PROGRAMS) bundles.push(await weigh(program));
await checkContents();

console.log(formatTable());
console.log(`\nThe largest modules of ${bundles[0].name}, in bytes:`);
for (const { path, bytes } of bundles[0].modules.slice(0, LISTED_MODULES)) {
  console.log(`${String(bytes).padStart(7)}  ${path}`);
}
for (const problem of problems) console.error(`\n${problem}`);
if (options.json !== undefined) {
  const listed = JSON.stringify({ bundles }, (key, value) => (key === "modules" ? undefined : value), 2);
  await writeFile(options.json, `${listed}\n`);
}
process.exit(problems.length > 0 ? 1 : 0);

async function weigh({ name, platform, budget }) {
  const { bytes, modules } = await bundle(await programText(name), { platform });
  const gzip = gzipSync(bytes, { level: 9 }).byteLength;
  if (budget !== undefined && gzip > budget) problems.push(`${name} takes ${gzip} bytes gzipped, more than ${budget}`);
  return { name, bytes: bytes.byteLength, gzip, brotli: brotliCompressSync(bytes).byteLength, budget, modules };
}

/** Core runs in browsers as it is; and a program that logs points alone carries no other archetype. */
async function checkContents() {
  const core = await bundle('export * from "@rerun-ts/core";');
  if (core.externals.length > 0) problems.push(`core imports ${core.externals.join(", ")}`);
  const points = await bundle(await programText("points-download"));
  const used = new Set(["rerun.archetypes.Points3D", ...archetypesIn(core.text)]);
  const unused = archetypesIn(points.text).filter((name) => !used.has(name));
  if (unused.length > 0) problems.push(`points-download holds ${unused.join(", ")}, which it does not use`);
}

function programText(name) {
  return readFile(join(root, "benchmarks/size", `${name}.mjs`), "utf8");
}

function formatTable() {
  const kilobytes = (bytes) => (bytes === undefined ? "–" : (bytes / 1000).toFixed(1));
  const row = (cells) => cells.map((cell, index) => (index === 0 ? cell.padEnd(24) : cell.padStart(9))).join("");
  const rows = bundles.map(({ name, bytes, gzip, brotli, budget }) =>
    row([name, ...[bytes, gzip, brotli, budget].map(kilobytes)]),
  );
  return [row(["kB", "minified", "gzip", "brotli", "budget"]), ...rows].join("\n");
}
