/** Words that begin most relative and indirect clauses, and how many of 1,000 words they may be. */
const CLAUSE = /\b(?:that|what|whatever|when|where|which|who|whom|whose)\b/giu;
const MAX_CLAUSES = 20;
const MAX_SEMICOLONS = 4;
/** Words that stand in for a noun, and how many of 1,000 words they may be. */
const STAND_IN = /\b(?:it|they|them|this|these|those|ones?|others?|such)\b/giu;
const MAX_STAND_INS = 35;
/** The limits of the words in the median sentence. */
const MEDIAN_SENTENCE = { least: 14, most: 19 };
/** Pages with fewer words are counted as if they had these, so that one sentence decides nothing. */
const LEAST_WORDS = 300;
/** Pages with fewer words have neither a rate of stand-ins nor a median sentence. */
const LEAST_WORDS_OF_STYLE = 250;
const SHOWN = 3;

/** Phrases with a plainer form, and that form. */
const PHRASES: readonly (readonly [phrase: RegExp, instead: string])[] = [
  [
    /\b(?:is|are|be|was|were)\s+no\b(?!\s+(?:longer|matter|(?:more|less)\s+than)\b)/giu,
    'negate the verb, or use "without"',
  ],
  [/\bat\s+once\b/giu, 'write "immediately" or "at the same time"'],
  [/(?<![\p{L}`"]\s+)\bThe\s+same\s+(?:as|for|in|with)\b/gu, "name the thing, and give the sentence a verb"],
  [/\bmust\s+be\s+given\b/giu, "name what needs the value"],
];

/** The problems of a Markdown page: too many relative clauses or semicolons in its prose, with the worst sentences. */
export function proseProblems(markdown: string): readonly string[] {
  const prose = proseOf(markdown);
  const words = Math.max(LEAST_WORDS, wordsOf(prose));
  return [
    ...tooMany(prose, words, CLAUSE, MAX_CLAUSES, "of the words that, what, when, where, which, who"),
    ...tooMany(prose, words, /;/gu, MAX_SEMICOLONS, "semicolons"),
  ];
}

/** The problems of a page of the documentation: too many stand-ins for nouns, or sentences that are short or long. */
export function styleProblems(markdown: string): readonly string[] {
  const prose = proseOf(markdown);
  const words = wordsOf(prose);
  if (words < LEAST_WORDS_OF_STYLE) return [];
  const lengths = sentencesOf(prose).map(wordsOf);
  const median = lengths.toSorted((a, b) => a - b)[Math.floor(lengths.length / 2)] ?? MEDIAN_SENTENCE.least;
  const { least, most } = MEDIAN_SENTENCE;
  return [
    ...tooMany(prose, words, STAND_IN, MAX_STAND_INS, "of the words it, they, this, those, one, others, such"),
    ...(median < least || median > most ? [`the median sentence has ${median} words, not ${least} to ${most}`] : []),
  ];
}

/** The forbidden phrases in a text, such as a page, a message or the subject of a commit. Code is left out. */
export function phraseProblems(text: string): readonly string[] {
  const words = withoutCode(text);
  return PHRASES.flatMap(([phrase, instead]) =>
    [...words.matchAll(phrase)].map(({ 0: found, index }) => {
      const around = words.slice(Math.max(0, index - 40), index + found.length + 40);
      return `"${oneLine(found)}" in "…${oneLine(around)}…"; ${instead}`;
    }),
  );
}

/** The comments in a source file with "at once". */
export function commentProblems(source: string): readonly string[] {
  const lines = source.split("\n").filter((line) => /^\s*(?:\/\/|\/?\*)/u.test(line));
  const comments = withoutCode(lines.map((line) => line.replace(/^\s*(?:\/\/|\/?\*+)/u, "")).join("\n"));
  return comments.match(/.*\bat\s+once\b.*/giu)?.map((line) => `"at once" in a comment: ${oneLine(line)}`) ?? [];
}

/**
 * The messages in a source file that say "must be given", or that begin so after "must be": they name what is missing,
 * and what to pass.
 */
export function messageProblems(source: string): readonly string[] {
  const lines = source.split("\n").filter((line) => !/^\s*(?:\/\/|\/?\*)/u.test(line));
  const wrong = lines.filter((line) => /["'`]given [^"'`]|must be given\b/u.test(line));
  return wrong.map((line) => `"must be given" in ${line.trim()}; write "is missing: pass …"`);
}

/** The problem of a page with more words than it may have. */
export function lengthProblems(markdown: string, most: number): readonly string[] {
  const words = markdown.split(/\s+/u).filter((word) => word !== "").length;
  return words > most ? [`${words} words, more than ${most}`] : [];
}

function tooMany(prose: string, words: number, pattern: RegExp, most: number, name: string): readonly string[] {
  const rate = Math.round((countOf(prose, pattern) * 1000) / words);
  if (rate <= most) return [];
  const sentences = prose
    .split(/(?<=[.!?:])\s+|\n{2,}/u)
    .map((sentence) => ({ sentence: oneLine(sentence), count: countOf(sentence, pattern) }))
    .toSorted((a, b) => b.count - a.count)
    .slice(0, SHOWN);
  return [
    `${rate} ${name} in 1,000 words, more than ${most}; shorten:`,
    ...sentences.map(({ sentence }) => `  ${sentence}`),
  ];
}

/** The text without code, tables, pictures, headings, lists of titles, targets of links and comments. */
function proseOf(markdown: string): string {
  return withoutCode(markdown)
    .replaceAll(/^\s*\|.*$/gmu, "")
    .replaceAll(/^#+ .*$/gmu, "\n")
    .replaceAll(/^(?:-|\d+\.) \[[^\]]*\]\([^)]*\)$/gmu, "")
    .replaceAll(/!\[[^\]]*\]/gu, "")
    .replaceAll(/\]\([^)]*\)/gu, "]");
}

function withoutCode(markdown: string): string {
  return markdown
    .replaceAll(/^(?<fence> *```+)[\s\S]*?^\k<fence>/gmu, "")
    .replaceAll(/<!--[\s\S]*?-->/gu, "")
    .replaceAll(/`[^`]*`/gu, "X");
}

/** The sentences with a full stop. Labels, and lines that introduce code, have none, or are bold. */
function sentencesOf(prose: string): readonly string[] {
  return prose
    .replaceAll(/\*\*[^*]*\.\*\*/gu, "")
    .split(/\n\s*\n|\n(?=\s*(?:[-*]|\d+\.) )/u)
    .flatMap((block) => oneLine(block).split(/(?<=[.!?][)"*]*) (?=[^\p{Ll}])/u))
    .filter((sentence) => /[.!?][)"*]*$/u.test(sentence));
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/gu, " ").trim();
}

function wordsOf(text: string): number {
  return countOf(text, /[\p{L}\p{N}][\p{L}\p{N}'’.-]*/gu);
}

function countOf(text: string, pattern: RegExp): number {
  return text.match(pattern)?.length ?? 0;
}
