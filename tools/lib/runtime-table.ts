import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { root } from "@rerun-ts/test-support/node/environment";
import type { JsonTestResults } from "vitest/reporters";

const PAGE = join(root, "docs/runtimes.md");
const TABLE =
  /(<!-- runtimes, written by `npm run test:runtimes -- --write` -->\n)([\s\S]*?)(<!-- end of runtimes -->)/;

/** The result of a test: `TaskMeta.shows` in `tests/runtimes`. */
interface Shown {
  readonly runtime: string;
  readonly version: string;
  readonly features: readonly string[];
}

/** Writes the results of the tests into the page of the documentation. */
export async function writeRuntimes(results: JsonTestResults): Promise<void> {
  const text = await readFile(PAGE, "utf8");
  if (!TABLE.test(text)) throw new Error("docs/runtimes.md has no place for the table");
  const table = makeTable(results, new Date());
  await writeFile(
    PAGE,
    text.replace(TABLE, (_, begin: string, __, end: string) => begin + table + end),
  );
}

/** A table of features and runtimes. A feature that no test is about in a runtime has a dash there. */
export function makeTable({ testResults }: Pick<JsonTestResults, "testResults">, date: Date): string {
  const runtimes = new Map<string, string>();
  const cells = new Map<string, Map<string, boolean>>();
  for (const { meta, status } of testResults.flatMap(({ assertionResults }) => assertionResults)) {
    const { shows } = meta as { shows?: Shown };
    if (shows === undefined) continue;
    const { runtime, version, features } = shows;
    for (const feature of features) {
      runtimes.set(runtime, version);
      const row = cells.get(feature) ?? new Map<string, boolean>();
      cells.set(feature, row.set(runtime, status === "passed" && row.get(runtime) !== false));
    }
  }
  const names = [...runtimes.keys()].sort();
  const rowOf = (title: string, entries: readonly string[]): string => `| ${[title, ...entries].join(" | ")} |\n`;
  const wordOf = (works: boolean | undefined): string => (works === undefined ? "–" : works ? "yes" : "**fails**");
  const head = rowOf(
    "",
    names.map((name) => `${name}: ${runtimes.get(name)}`),
  );
  const rows = [...cells].map(([feature, row]) =>
    rowOf(
      feature,
      names.map((name) => wordOf(row.get(name))),
    ),
  );
  const separator = `|${"---|".repeat(names.length + 1)}\n`;
  const when = `Tested on ${date.toISOString().slice(0, 10)}, on ${process.platform} ${process.arch}.`;
  return ["\n", head, separator, ...rows, "\n", `${when}\n`, "\n"].join("");
}
