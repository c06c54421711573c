// `npm run check:prose`: finds pages for users with too many relative clauses or semicolons, and names their longest
// sentences. A rule about single sentences would forbid good ones, so that the rule is about a page.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { root } from "@rerun-ts/test-support/node/environment";
import { markdownFiles } from "./lib/markdown-files.ts";
import { proseProblems } from "./lib/prose-problems.ts";

/** Pages for users. Those below `docs/internals` and the decision records are for people who know the code. */
const PAGE = /^(?:README\.md|docs\/[^/]+\.md|packages\/[^/]+\/README\.md)$/u;

let problems = 0;
for (const page of await markdownFiles()) {
  if (!PAGE.test(page)) continue;
  for (const problem of proseProblems(await readFile(join(root, page), "utf8"))) {
    console.error(`${page}: ${problem}`);
    problems++;
  }
}
process.exit(problems === 0 ? 0 : 1);
