import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { root } from "./run.mjs";

const README = join(root, "README.md");
const TABLE = /(<!-- sizes, written by `npm run size -- --write` -->\n)([\s\S]*?)(<!-- end of sizes -->)/;
/** Other machines compress a little differently. */
const TOLERANCE = 0.02;

/** Whether the README tells these sizes. */
export async function isReadmeTrue(sizes) {
  const [, , table = ""] = TABLE.exec(await readFile(README, "utf8")) ?? [];
  const [before, seen] = [table, makeTable(sizes)].map(splitNumbers);
  return (
    before.text === seen.text &&
    before.numbers.every((number, at) => Math.abs(number / seen.numbers[at] - 1) <= TOLERANCE)
  );
}

/** Writes the sizes into the README. */
export async function writeReadme(sizes) {
  const text = await readFile(README, "utf8");
  if (!TABLE.test(text)) throw new Error("README.md has no place for the sizes");
  await writeFile(
    README,
    text.replace(TABLE, (_, begin, __, end) => begin + makeTable(sizes) + end),
  );
}

function makeTable(sizes) {
  const kilobytes = (bytes) => (bytes === undefined ? "" : `${(bytes / 1000).toFixed(1)} kB`);
  const rows = sizes.map(
    ({ story, later, gzip, page, budget }) =>
      `| ${story} | ${later === undefined ? kilobytes(gzip) : ""} | ${kilobytes(page)} | ${kilobytes(budget)} |\n`,
  );
  const head = "| gzipped | as one file | all files, with Vite | budget |\n|---|---|---|---|\n";
  return ["\n", head, ...rows, "\n"].join("");
}

/** The numbers of a text, and what is left without them. */
function splitNumbers(text) {
  const number = /\d+\.\d/g;
  return { text: text.replace(number, "N"), numbers: (text.match(number) ?? []).map(Number) };
}
