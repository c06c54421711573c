// `npm run check:links`: finds links in the Markdown files that lead to no file or to no heading of this repository.
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { root } from "@rerun-ts/test-support/node/environment";
import { anchorsIn, linksIn } from "./lib/markdown-links.ts";
import { markdownFiles } from "./lib/markdown-files.ts";

/** The addresses of files of this repository in pages outside of it, such as the pages of npm. */
const REPOSITORY = /^https:\/\/github\.com\/rerun-ts\/rerun-ts\/(?:blob|tree)\/main\//;

const anchorsByFile = new Map<string, Promise<ReadonlySet<string>>>();
let problems = 0;
for (const page of await markdownFiles()) {
  for (const link of linksIn(await readFile(join(root, page), "utf8"))) {
    const problem = await problemOf(page, link);
    if (problem === undefined) continue;
    console.error(`${page}: ${link} ${problem}`);
    problems++;
  }
}
process.exit(problems === 0 ? 0 : 1);

async function problemOf(page: string, link: string): Promise<string | undefined> {
  const [target = "", anchor] = link.replace(REPOSITORY, "/").split("#");
  if (/^[a-z][a-z+.-]*:/i.test(target)) return undefined;
  const folder = target.startsWith("/") ? root : dirname(join(root, page));
  const file = target === "" ? join(root, page) : join(folder, decodeURIComponent(target));
  if (relative(root, file).startsWith("..")) return "leads out of the repository";
  if (!existsSync(file)) return "leads to nothing";
  if (anchor === undefined || !file.endsWith(".md")) return undefined;
  return (await anchorsOf(file)).has(decodeURIComponent(anchor)) ? undefined : "leads to no heading of that page";
}

function anchorsOf(file: string): Promise<ReadonlySet<string>> {
  const anchors = anchorsByFile.get(file) ?? readFile(file, "utf8").then(anchorsIn);
  anchorsByFile.set(file, anchors);
  return anchors;
}
