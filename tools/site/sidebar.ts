import type { DefaultTheme } from "vitepress";

const SECTION = /^## (.*)$/;
const ITEM = /^\d+\. \[([^\]]*)\]\(([^)]*)\)/;

/** The sidebar: the sections and pages of docs/README.md, whose links already lead to pages of the site. */
export function sidebarOf(contents: string): DefaultTheme.SidebarItem[] {
  const sections: { text: string; items: DefaultTheme.SidebarItem[] }[] = [];
  for (const line of contents.split("\n")) {
    const [, section] = SECTION.exec(line) ?? [];
    if (section !== undefined) sections.push({ text: section, items: [] });
    const [, text, link] = ITEM.exec(line) ?? [];
    if (text !== undefined && link !== undefined) sections.at(-1)?.items.push({ text, link });
  }
  return sections;
}
