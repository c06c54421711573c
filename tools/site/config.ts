import { readFileSync } from "node:fs";
import { join } from "node:path";
import { defineConfig, type UserConfig } from "vitepress";
import { PAGES, PUBLIC, SITE, WORK } from "./folders.ts";
import { rememberHighlighted } from "./remember-highlighted.ts";
import { SEARCH } from "./search-options.ts";
import { slugOf } from "../lib/markdown-links.ts";
import type { SiteData } from "./pages.ts";

const { guide, archetypes } = JSON.parse(readFileSync(join(WORK, "site.json"), "utf8")) as SiteData;

/** The configuration of VitePress. */
export const config: UserConfig = defineConfig({
  title: "rerun-ts",
  description: "Unofficial TypeScript SDK for Rerun: log multimodal, time-aware data from Node and from web pages.",
  lang: "en",
  base: process.env["SITE_BASE"] ?? "/",
  srcDir: PAGES,
  outDir: SITE,
  cacheDir: join(WORK, "cache"),
  // Other tools write the pages of the API and the playground; the test of the site follows all links.
  ignoreDeadLinks: [/^\/(?:api|playground)\//],
  router: { prefetchLinks: false },
  head: [["link", { rel: "icon", href: "data:," }]],
  // As GitHub writes them, so that links to headings hold there and here.
  markdown: {
    anchor: { slugify: slugOf },
    toc: { slugify: slugOf },
    lineNumbers: false,
    shikiSetup: rememberHighlighted,
  },
  vite: { publicDir: PUBLIC },
  themeConfig: {
    search: { provider: "local", options: SEARCH },
    outline: [2, 3],
    nav: [
      { text: "Guide", link: "/contents" },
      { text: "Archetypes", link: "/archetypes/" },
      { text: "Gallery", link: "/gallery" },
      { text: "Recipes", link: "/recipes" },
      { text: "Playground", link: "/playground/index.html", target: "_self" },
      { text: "API", link: "/api/index.html", target: "_self" },
    ],
    sidebar: {
      "/archetypes/": [{ text: "Archetypes", link: "/archetypes/", items: [...archetypes] }],
      "/": [{ text: "Quick start", link: "/" }, ...guide],
    },
    footer: { message: "An unofficial project, not made or endorsed by Rerun." },
  },
});
