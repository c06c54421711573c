import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { root } from "@rerun-ts/test-support/node/environment";
import MiniSearch from "minisearch";
import { expect, it } from "vitest";
import { SEARCH } from "../../tools/site/search-options.ts";

/** A section of a page, as VitePress indexes it. */
interface Section {
  readonly id: string;
  readonly title: string;
  readonly titles: readonly string[];
  readonly text: string;
}

/** The addresses of pages whose files have other names. */
const MOVED: Readonly<Record<string, string>> = {
  "../README": "index",
  README: "contents",
  archetypes: "archetypes/index",
};

function sectionsOf(file: string): Section[] {
  const page = file.replace(/\.md$/, "");
  const titles: string[] = [];
  return readFileSync(join(root, "docs", file), "utf8")
    .split(/^(?=#{1,4} )/m)
    .flatMap((part) => {
      const [line = "", marks = "", title = ""] = /^(#+) (.*)/.exec(part) ?? [];
      if (marks === "") return [];
      titles.length = marks.length - 1;
      const above = titles.filter((one) => one !== undefined);
      titles[marks.length - 1] = title;
      const id = `/${MOVED[page] ?? page}.html#${title.toLowerCase().replaceAll(/\W+/g, "-")}`;
      return [{ id, title, titles: above, text: part.slice(line.length) }];
    });
}

const pages = readdirSync(join(root, "docs"), { encoding: "utf8" }).filter((file) => file.endsWith(".md"));
const index = new MiniSearch<Section>({
  fields: ["title", "titles", "text"],
  ...(SEARCH.miniSearch?.options as object),
  // The options of VitePress, and those of the site.
  searchOptions: {
    prefix: true,
    boost: { title: 4, text: 2, titles: 1 },
    ...(SEARCH.miniSearch?.searchOptions as object),
  },
});
index.addAll(["../README.md", ...pages].flatMap(sectionsOf));

it.each([
  ["install", "/index.html#quick-start"],
  ["getting started", "/index.html#quick-start"],
  ["timeline", "/logging.html"],
  ["lost data", "/reliability.html"],
  ["worker format", "/browser.html"],
])("the search of the site finds the right page first: %s", (words, page) => {
  expect(String(index.search(words)[0]?.id)).toContain(page);
});
