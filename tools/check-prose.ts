// `npm run check:prose`: finds pages, and packages by the documentation of their public names, with too many relative
// clauses or semicolons, and names their longest sentences. Pages of the documentation also have limits for words that
// stand in for nouns, for the median sentence, and for forbidden phrases. A rule about single sentences would forbid
// good ones, so all rules but those about phrases and messages are about a page or a package.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { root } from "@rerun-ts/test-support/node/environment";
import { markdownFiles } from "./lib/markdown-files.ts";
import {
  commentProblems,
  lengthProblems,
  messageProblems,
  phraseProblems,
  proseProblems,
  styleProblems,
} from "./lib/prose-problems.ts";
import { publicDocBlocks } from "./lib/public-doc-blocks.ts";
import { repositoryFiles } from "./lib/repository-files.ts";

/** The changelog has fragments of sentences by its form. */
const SKIPPED = /^CHANGELOG\.md$/u;
const WITH_STYLE = /^docs\//u;
/** Lists of short entries, most of them written by a program. */
const REFERENCE = /^docs\/(?:README|archetypes|gallery|internals\/coverage)\.md$/u;
const RECORD = /^docs\/adr\/\d{4}-.*\.md$/u;
const MAX_WORDS_OF_RECORD = 200;
/** The page with measurements: its tables may grow, and its text may not. */
const BENCHMARKS = "docs/internals/performance.md";
const TABLE_ROW = /^\|.*$/gmu;
const MAX_WORDS_OF_BENCHMARKS = 1500;
/** The files with messages for users. */
const SOURCE = /^packages\/(?!test-support\/)[^/]+\/src\/.*\.tsx?$/u;

let problems = 0;
for (const page of await markdownFiles()) {
  if (SKIPPED.test(page)) continue;
  const text = await readFile(join(root, page), "utf8");
  report(page, proseProblems(text));
  report(page, phraseProblems(text));
  if (WITH_STYLE.test(page) && !REFERENCE.test(page)) report(page, styleProblems(text));
  if (page === BENCHMARKS) report(page, lengthProblems(text.replaceAll(TABLE_ROW, ""), MAX_WORDS_OF_BENCHMARKS));
  if (RECORD.test(page)) report(page, lengthProblems(text, MAX_WORDS_OF_RECORD));
}
for (const [name, blocks] of await publicDocBlocks()) {
  const text = blocks.join("\n\n");
  report(`the documentation of public names in packages/${name}`, [...proseProblems(text), ...phraseProblems(text)]);
}
for (const file of await repositoryFiles(SOURCE)) {
  const text = await readFile(join(root, file), "utf8").catch(() => "");
  report(file, [...messageProblems(text), ...commentProblems(text)]);
}
process.exit(problems === 0 ? 0 : 1);

function report(place: string, found: readonly string[]): void {
  for (const problem of found) console.error(`${place}: ${problem}`);
  problems += found.length;
}
