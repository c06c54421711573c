/** Words that begin most relative and indirect clauses, and how many of 1,000 words they may be. */
const CLAUSE = /\b(?:that|what|whatever|when|where|which|who|whom|whose)\b/giu;
const MAX_CLAUSES = 20;
const MAX_SEMICOLONS = 4;
/** Pages with fewer words are counted as if they had these, so that one sentence decides nothing. */
const LEAST_WORDS = 300;
const SHOWN = 3;

/** The problems of a Markdown page: too many relative clauses or semicolons in its prose, with the worst sentences. */
export function proseProblems(markdown: string): readonly string[] {
  const prose = proseOf(markdown);
  const words = Math.max(LEAST_WORDS, countOf(prose, /[\p{L}']+/gu));
  return [
    ...tooMany(prose, words, CLAUSE, MAX_CLAUSES, "of the words that, what, when, where, which, who"),
    ...tooMany(prose, words, /;/gu, MAX_SEMICOLONS, "semicolons"),
  ];
}

function tooMany(prose: string, words: number, pattern: RegExp, most: number, name: string): readonly string[] {
  const rate = Math.round((countOf(prose, pattern) * 1000) / words);
  if (rate <= most) return [];
  const sentences = prose
    .split(/(?<=[.!?:])\s+|\n{2,}/u)
    .map((sentence) => ({ sentence: sentence.replaceAll(/\s+/gu, " ").trim(), count: countOf(sentence, pattern) }))
    .toSorted((a, b) => b.count - a.count)
    .slice(0, SHOWN);
  return [
    `${rate} ${name} in 1,000 words, more than ${most}; shorten:`,
    ...sentences.map(({ sentence }) => `  ${sentence}`),
  ];
}

/** The text without code, tables, pictures, lists of titles, targets of links and comments. */
function proseOf(markdown: string): string {
  return markdown
    .replaceAll(/^(?<fence>```+)[\s\S]*?^\k<fence>/gmu, "")
    .replaceAll(/<!--[\s\S]*?-->/gu, "")
    .replaceAll(/^\|.*$/gmu, "")
    .replaceAll(/^(?:-|\d+\.) \[[^\]]*\]\([^)]*\)$/gmu, "")
    .replaceAll(/`[^`]*`/gu, "X")
    .replaceAll(/!\[[^\]]*\]/gu, "")
    .replaceAll(/\]\([^)]*\)/gu, "]");
}

function countOf(text: string, pattern: RegExp): number {
  return text.match(pattern)?.length ?? 0;
}
