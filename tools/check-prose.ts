// `npm run check:prose`: finds pages with too many relative clauses or semicolons, and names their longest sentences. A
// rule about single sentences would forbid good ones, so the rule is about a page.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { root } from "@rerun-ts/test-support/node/environment";
import { markdownFiles } from "./lib/markdown-files.ts";
import { proseProblems } from "./lib/prose-problems.ts";

/** The changelog has fragments of sentences by its form. */
const SKIPPED = /^CHANGELOG\.md$/u;

let problems = 0;
for (const page of await markdownFiles()) {
  if (SKIPPED.test(page)) continue;
  for (const problem of proseProblems(await readFile(join(root, page), "utf8"))) {
    console.error(`${page}: ${problem}`);
    problems++;
  }
}
process.exit(problems === 0 ? 0 : 1);
