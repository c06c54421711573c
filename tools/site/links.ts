import { dirname, join } from "node:path/posix";

/** The repository, to which links lead whose target is not part of the site. */
export const REPOSITORY = "https://github.com/rerun-ts/rerun-ts/blob/main/";
const CODE = /^( *)(`{3,}|~{3,})[\s\S]*?^\1\2`*~* *$|(?<!`)(`+)(?!`)[\s\S]*?(?<!`)\3(?!`)/gm;
const LINK = /(\]\(\s*<?)([^\s)>]*)/g;

/** Finds the page of the site for a file of the repository; `undefined` if the site does not have it. */
export type FindPage = (path: string, anchor: string | undefined) => string | undefined;

/** Changes the links of a Markdown text of the repository, at `path`, into links of the site. Does not change code. */
export function rewriteLinks(markdown: string, path: string, findPage: FindPage): string {
  const rewrite = (text: string): string =>
    text.replace(LINK, (_, before: string, target: string) => before + rewriteTarget(target, path, findPage));
  let result = "";
  let end = 0;
  for (const { index, 0: code } of markdown.matchAll(CODE)) {
    result += rewrite(markdown.slice(end, index)) + code;
    end = index + code.length;
  }
  return result + rewrite(markdown.slice(end));
}

function rewriteTarget(target: string, path: string, findPage: FindPage): string {
  const [file = "", anchor] = target.split("#");
  if (file === "" || /^[a-z][a-z+.-]*:/i.test(file)) return target;
  const inRepository = join(dirname(path), file);
  const fragment = anchor === undefined ? "" : `#${anchor}`;
  return findPage(inRepository, anchor) ?? `${REPOSITORY}${inRepository}${fragment}`;
}
