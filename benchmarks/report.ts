import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { root } from "@rerun-ts/test-support/node/environment";
import { drawCost, drawRatios } from "./charts.ts";
import { costCells, type RowCost } from "./cost.ts";
import { ratioCells, type Result } from "./results.ts";

const PAGE = join(root, "docs/internals/performance.md");
const IMAGES = join(root, "docs/images/performance");

/** Writes the measurements into the page of the documentation, as tables and charts. */
export async function writeReport(results: readonly Result[], costs: readonly RowCost[] | undefined): Promise<void> {
  await mkdir(IMAGES, { recursive: true });
  let text = await readFile(PAGE, "utf8");
  if (results.length > 0) {
    await writeFile(join(IMAGES, "ratios.svg"), await drawRatios(results));
    text = replaceTable(text, "ratios", ratioCells(results));
  }
  if (costs !== undefined) {
    await writeFile(join(IMAGES, "cost.svg"), await drawCost(costs));
    text = replaceTable(text, "cost", costCells(costs));
  }
  await writeFile(PAGE, text);
}

/** Replaces the table between two comments. */
function replaceTable(text: string, name: string, [head = [], ...rows]: readonly (readonly string[])[]): string {
  const place = new RegExp(`(<!-- ${name}, written by [^\\n]*-->\\n)[\\s\\S]*?(<!-- end of ${name} -->)`);
  if (!place.test(text)) throw new Error(`docs/internals/performance.md has no place for ${name}`);
  const lineOf = (cells: readonly string[]): string => `| ${cells.join(" | ")} |\n`;
  const table = [lineOf(head), lineOf(head.map((_, column) => (column === 0 ? "---" : "---:"))), ...rows.map(lineOf)];
  return text.replace(place, (_, begin: string, end: string) => `${begin}\n${table.join("")}\n${end}`);
}
