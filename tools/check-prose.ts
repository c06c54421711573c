// `npm run check:prose`: finds pages, and packages by the documentation of their public names, with too many relative
// clauses or semicolons, and names their longest sentences. A rule about single sentences would forbid good ones, so
// the rule is about a page or a package.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { root } from "@rerun-ts/test-support/node/environment";
import { markdownFiles } from "./lib/markdown-files.ts";
import { proseProblems } from "./lib/prose-problems.ts";
import { publicDocBlocks } from "./lib/public-doc-blocks.ts";

/** The changelog has fragments of sentences by its form. */
const SKIPPED = /^CHANGELOG\.md$/u;

let problems = 0;
for (const page of await markdownFiles()) {
  if (!SKIPPED.test(page)) report(page, await readFile(join(root, page), "utf8"));
}
for (const [name, blocks] of await publicDocBlocks()) {
  report(`the documentation of public names in packages/${name}`, blocks.join("\n\n"));
}
process.exit(problems === 0 ? 0 : 1);

function report(place: string, text: string): void {
  for (const problem of proseProblems(text)) {
    console.error(`${place}: ${problem}`);
    problems++;
  }
}
