import { cp, mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { DefaultTheme } from "vitepress";
import { root } from "@rerun-ts/test-support/node/environment";
import { archetypeIndex, archetypePages, type ArchetypePage } from "./archetype-pages.ts";
import { pythonPrograms } from "./examples.ts";
import { PAGES, PUBLIC } from "./folders.ts";
import { withExamples } from "./gallery.ts";
import { rewriteLinks, type FindPage } from "./links.ts";
import { llmsFull, llmsIndex, type LlmsPage } from "./llms.ts";
import { sidebarOf } from "./sidebar.ts";

/** The facts about the pages that the configuration of VitePress needs. */
export interface SiteData {
  readonly guide: readonly DefaultTheme.SidebarItem[];
  readonly archetypes: readonly DefaultTheme.SidebarItem[];
}

/** Pages whose address on the site differs from the path of their file in docs/. */
const MOVED: Readonly<Record<string, string>> = {
  "README.md": "/index.md",
  "docs/README.md": "/contents.md",
  "docs/archetypes.md": "/archetypes/index.md",
};
const BLUEPRINT_HEADING = "# Blueprint archetypes";
const IMAGE = /\.(?:gif|png|svg|webp)$/;
/** How many characters of a page are visible at first. */
const BEGINNING = 2000;
const PICTURE = /!\[([^\]]*)\]\((\/images\/[^\s)]+)\)/g;

/** The first picture of the README, and the end of the description of the project. */
const FIRST_PICTURE = /^!\[[^\]]*\]\([^)]*\)\n/m;
const INTRODUCTION_END = /^> An unofficial project/m;
/** Pages in two columns, which are wider than text should be. */
const WIDE = new Set(["docs/python.md"]);

/**
 * Writes the Markdown pages of the site: the pages of docs/, the README, and a page for each archetype.
 *
 * @param base the path of the site on its server
 */
export async function writePages(base: string): Promise<SiteData> {
  for (const folder of [PAGES, PUBLIC]) await rm(folder, { recursive: true, force: true });
  const archetypes = await archetypePages();
  const files = await documentFiles();
  const findPage = pageFinder(files, archetypes);
  const forUsers: LlmsPage[] = [];
  const write = async (page: string, path: string, markdown: string): Promise<string> => {
    const linked = rewriteLinks(markdown, path, findPage);
    const file = join(PAGES, page);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, (WIDE.has(path) ? "---\npageClass: wide\naside: false\n---\n\n" : "") + lazyPictures(linked));
    // The Markdown itself is on the site, too.
    const copy = join(PUBLIC, page);
    await mkdir(dirname(copy), { recursive: true });
    await writeFile(copy, linked);
    if (isForUsers(page)) forUsers.push({ address: base + page.replace(/^\//, ""), markdown: linked });
    return linked;
  };

  await cp(join(root, "docs/images"), join(PUBLIC, "images"), { recursive: true });
  let contents = "";
  for (const path of ["README.md", ...files.filter((file) => file !== "docs/archetypes.md")]) {
    const source = await readFile(join(root, path), "utf8");
    const addition = path === "docs/python.md" ? await pythonPrograms() : "";
    const markdown =
      path === "docs/gallery.md"
        ? withExamples(source)
        : path === "README.md"
          ? withFirstScreen(source)
          : path === "docs/page-replay.md"
            ? withPageExample(source)
            : source + addition;
    const text = await write(findPage(path, undefined) ?? "", path, markdown);
    if (path === "docs/README.md") contents = text;
  }
  for (const { file, markdown } of archetypes) await write(`archetypes/${file}.md`, "docs/archetypes.md", markdown);
  await write("archetypes/index.md", "docs/archetypes/index.md", await archetypeIndex(archetypes));
  const all = await readFile(join(root, "docs/archetypes.md"), "utf8");
  await write("blueprint-archetypes.md", "docs/archetypes.md", all.slice(all.indexOf(BLUEPRINT_HEADING)));
  await writeFile(join(PUBLIC, "llms.txt"), llmsIndex(contents, base));
  await writeFile(join(PUBLIC, "llms-full.txt"), llmsFull(forUsers));
  return {
    guide: sidebarOf(contents),
    archetypes: archetypes.map(({ name, file }) => ({ text: name, link: `/archetypes/${file}.md` })),
  };
}

/**
 * Returns the README with its first picture, and the link to the playground, directly after the description of the
 * project.
 */
function withFirstScreen(readme: string): string {
  const [picture = ""] = FIRST_PICTURE.exec(readme) ?? [];
  const ways = `<p class="ways"><a class="run-example" href="./playground/index.html" target="_self">Try it in the playground</a> <a href="#quick-start">Quick start</a> <a href="./gallery.html">Gallery</a></p>`;
  if (picture === "" || !INTRODUCTION_END.test(readme)) throw new Error("README.md has no picture or no introduction");
  return readme.replace(picture, "").replace(INTRODUCTION_END, `${ways}\n\n${picture}\n$&`);
}

/** Returns the page about replays with its example, which runs in the playground, before the first section. */
function withPageExample(markdown: string): string {
  return markdown.replace("\n## ", '\n<RunExample name="pages/page-replay" />\n\n## ');
}

/** Whether a page is about the use of the SDK, and not about its making. */
function isForUsers(page: string): boolean {
  return !/^\/?(?:internals|architecture|contents|websocket-protocol|archetypes\/)/.test(page);
}

/** Lets all pictures of a page but one at its beginning be loaded when they come into view. */
function lazyPictures(markdown: string): string {
  let count = 0;
  return markdown.replace(PICTURE, (picture, alt: string, source: string, at: number) =>
    count++ === 0 && at < BEGINNING ? picture : `<LazyImage src="${source}" alt="${alt.replaceAll('"', "&quot;")}" />`,
  );
}

/** The Markdown files of docs/, relative to the root of the repository. */
async function documentFiles(): Promise<readonly string[]> {
  const folders = ["docs", "docs/internals"];
  const entries = await Promise.all(folders.map((folder) => readdir(join(root, folder))));
  return entries.flatMap((names, i) => names.filter((name) => name.endsWith(".md")).map((n) => `${folders[i]}/${n}`));
}

function pageFinder(files: readonly string[], archetypes: readonly ArchetypePage[]): FindPage {
  const pages = new Map(files.map((file) => [file, file.replace(/^docs/, "")]));
  for (const [file, page] of Object.entries(MOVED)) pages.set(file, page);
  const byAnchor = new Map(archetypes.map(({ name, file }) => [name.toLowerCase(), `/archetypes/${file}.md`]));
  return (path, anchor) => {
    if (path.startsWith("docs/images/") && IMAGE.test(path)) return path.replace(/^docs/, "");
    const fragment = anchor === undefined ? "" : `#${anchor}`;
    if (path === "docs/archetypes.md" && anchor !== undefined) {
      return byAnchor.get(anchor) ?? `/blueprint-archetypes.md${fragment}`;
    }
    const page = pages.get(path);
    return page === undefined ? undefined : `${page}${fragment}`;
  };
}
