const FENCED_CODE = /^( *)(`{3,}|~{3,})[\s\S]*?^\1\2`*~* *$/gm;
const INLINE_CODE = /(?<!`)(`+)(?!`)[\s\S]*?(?<!`)\1(?!`)/g;
/** The targets of `[text](target "title")`, `[label]: target`, and of `href` and `src` in HTML. */
const LINK = /\]\(\s*<?([^\s)>]*)>?(?:\s+"[^"]*")?\s*\)|^\[[^\]]+\]:\s*<?(\S+?)>?(?:\s|$)|\b(?:href|src)="([^"]*)"/gm;
const HEADING = /^#{1,6} +(.*?) *#* *$/gm;
const ANCHOR = /<a (?:id|name)="([^"]*)"/g;

/** Lists the targets of all links and images of a Markdown text. Code is not searched. */
export function linksIn(markdown: string): readonly string[] {
  const text = markdown.replace(FENCED_CODE, "").replace(INLINE_CODE, "");
  return Array.from(text.matchAll(LINK), ([, inline, reference, html]) => inline ?? reference ?? html ?? "");
}

/**
 * Lists the anchors of a Markdown text: the anchors that GitHub makes of headings, and the anchors of HTML elements.
 */
export function anchorsIn(markdown: string): ReadonlySet<string> {
  const text = markdown.replace(FENCED_CODE, "");
  const anchors = new Set(Array.from(text.matchAll(ANCHOR), ([, id = ""]) => id));
  for (const [, heading = ""] of text.matchAll(HEADING)) {
    const slug = slugOf(heading);
    let anchor = slug;
    for (let count = 1; anchors.has(anchor); count++) anchor = `${slug}-${count}`;
    anchors.add(anchor);
  }
  return anchors;
}

/** The anchor that GitHub makes of a heading. */
export function slugOf(heading: string): string {
  const text = heading.replace(/!?\[([^\]]*)\]\([^)]*\)/g, "$1").replace(/<[^>]*>/g, "");
  return text
    .toLowerCase()
    .replace(/[^\p{L}\p{M}\p{N}\p{Pc}\- ]/gu, "")
    .replaceAll(" ", "-");
}
