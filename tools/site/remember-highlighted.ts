import type { MarkdownOptions } from "vitepress";

type Highlighter = Parameters<MarkdownOptions["shikiSetup"] & object>[0];

/**
 * Highlights each program once. VitePress renders every page twice: for the page, and for the index of the search.
 * Highlighting takes a third of the time of a build.
 */
export function rememberHighlighted(highlighter: Highlighter): void {
  const known = new Map<string, string>();
  const highlight = highlighter.codeToHtml.bind(highlighter);
  highlighter.codeToHtml = (code, options) => {
    const key = JSON.stringify([options.lang, options.meta, code]);
    const html = known.get(key) ?? highlight(code, options);
    known.set(key, html);
    return html;
  };
}
