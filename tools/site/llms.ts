import { RERUN_MINOR } from "@rerun-ts/test-support/node/rerun-minor";

/** A page of the site as Markdown, for assistants. */
export interface LlmsPage {
  /** The address, from the root of the site, of its Markdown. */
  readonly address: string;
  readonly markdown: string;
}

/** An entry of the list of pages: its text, its address, and its description. */
const LINK = /^\d+\. \[([^\]]*)\]\(([^)#]*)\)(?:: ([\s\S]*?))?(?=\n\d+\. |\n\n|\n*(?![\s\S]))/gm;

/**
 * The contents of the site for assistants (see llmstxt.org): the description of the project, and a list of all pages as
 * Markdown.
 *
 * @param contents the page with the list of all pages, with links of the site
 * @param base the path of the site on its server
 */
export function llmsIndex(contents: string, base: string): string {
  const sections = contents.split(/^## /m).slice(1);
  const lists = sections.map((section) => {
    const [title = ""] = section.split("\n");
    const lines = Array.from(section.matchAll(LINK), ([, text, link = "", description]) => {
      const address = link.startsWith("/") ? base + link.slice(1) : link;
      const about = description === undefined ? "" : `: ${description.replace(/\s+/g, " ")}`;
      return `- [${text}](${address})${about}`;
    });
    return `## ${title}\n\n${lines.join("\n")}\n`;
  });
  return `# rerun-ts

> An unofficial TypeScript SDK for Rerun ${RERUN_MINOR}: it logs multimodal, time-aware data to the Rerun viewer, from Node
> (\`npm install @rerun-ts/node\`) and from web pages (\`npm install @rerun-ts/web\`).

Programs import everything from one of the two packages: \`import * as rr from "@rerun-ts/node"\`. All pages for users are
in one file: [llms-full.txt](${base}llms-full.txt).

${lists.join("\n")}`;
}

/** All pages in one text, each below its address. */
export function llmsFull(pages: readonly LlmsPage[]): string {
  return pages.map(({ address, markdown }) => `<!-- ${address} -->\n\n${markdown.trim()}\n`).join("\n\n");
}
