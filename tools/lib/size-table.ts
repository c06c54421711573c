import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { root } from "@rerun-ts/test-support/node/environment";
import type { Size } from "./bundle-sizes.ts";

const README = join(root, "README.md");
const TABLE = /(<!-- sizes, written by `npm run size -- --write` -->\n)([\s\S]*?)(<!-- end of sizes -->)/;
/** Compression differs a little between machines. */
const TOLERANCE = 0.02;

/** Whether the table in the README lists these sizes. Its layout does not matter. */
export async function isReadmeCurrent(sizes: readonly Size[]): Promise<boolean> {
  const [, , table = ""] = TABLE.exec(await readFile(README, "utf8")) ?? [];
  const [written, current] = [splitNumbers(table), splitNumbers(makeTable(sizes))];
  return (
    written.text === current.text &&
    written.numbers.every((number, at) => Math.abs(number / (current.numbers[at] ?? NaN) - 1) <= TOLERANCE)
  );
}

/** Writes the sizes into the README. */
export async function writeReadme(sizes: readonly Size[]): Promise<void> {
  const text = await readFile(README, "utf8");
  if (!TABLE.test(text)) throw new Error("README.md has no place for the sizes");
  const next = text.replace(TABLE, (_, begin: string, __, end: string) => begin + makeTable(sizes) + end);
  await writeFile(README, next);
}

function makeTable(sizes: readonly Size[]): string {
  const kilobytes = (bytes: number | undefined): string =>
    bytes === undefined ? "" : `${(bytes / 1000).toFixed(1)} kB`;
  const rows = sizes.map(
    ({ story, later, gzip, page, budget }) =>
      `| ${story} | ${later === undefined ? kilobytes(gzip) : ""} | ${kilobytes(page)} | ${kilobytes(budget)} |\n`,
  );
  const head = "| gzipped | as one file | all files, with Vite | budget |\n|---|---|---|---|\n";
  return ["\n", head, ...rows, "\n"].join("");
}

/** Takes a table's numbers out of its text; the remaining text has no padding, because formatters change it. */
function splitNumbers(table: string): { readonly text: string; readonly numbers: readonly number[] } {
  const number = /\d+\.\d/g;
  const text = table
    .replace(number, "N")
    .replaceAll(/ +/g, " ")
    .replaceAll(/ ?:?-+:? ?/g, "-");
  return { text, numbers: (table.match(number) ?? []).map(Number) };
}
