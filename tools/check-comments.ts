// `npm run check:comments`: finds comments that are wider than 120 columns, doc blocks that begin with a question word
// instead of a noun phrase or a verb, and doc blocks that only repeat the name of their declaration.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { root } from "@rerun-ts/test-support/node/environment";
import { repeatedNames } from "./lib/repeated-names.ts";
import { repositoryFiles } from "./lib/repository-files.ts";

const WIDTH = 120;
const SOURCE = /\.(?:ts|tsx|mjs)$/u;
/** Generated files, the files of the generator with their templates, and texts from which tools read single lines. */
const EXEMPT = /\/gen\/|^tools\/codegen\//u;
const COMMENT = /^\s*(?:\/\/|\*|\/\*\*)/u;
/** Links and lines of tags cannot be broken. */
const UNBREAKABLE = /https?:|@throws|@param|\{`|^\s*\* An exporter/u;
const QUESTION = /^\s*\/\*\*\s*(?:\n\s*\*\s*)?(?:What|How|Where)\b/gmu;

let problems = 0;
for (const path of (await repositoryFiles(SOURCE)).filter((file) => !EXEMPT.test(file))) {
  const text = await readFile(join(root, path), "utf8").catch(() => "");
  for (const [index, line] of text.split("\n").entries()) {
    if (line.length > WIDTH && COMMENT.test(line) && !UNBREAKABLE.test(line))
      report(path, index, `the comment has ${line.length} columns, more than ${WIDTH}`);
  }
  if (!path.includes("/src/")) continue;
  for (const { line, name, text: comment } of repeatedNames(text))
    report(path, line, `"${comment}" only repeats the name ${name}: remove it, or give units, defaults or errors`);
  for (const { index } of text.matchAll(QUESTION)) {
    const line = text.slice(0, index).split("\n").length - 1;
    report(path, line, 'begin the doc block with a noun phrase or a verb, not with "What", "How" or "Where"');
  }
}
process.exit(problems === 0 ? 0 : 1);

function report(path: string, index: number, problem: string): void {
  console.error(`${path}:${index + 1}: ${problem}`);
  problems++;
}
