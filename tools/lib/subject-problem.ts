import { phraseProblems } from "./prose-problems.ts";

/** The longest subject that tools show whole. */
const LONGEST = 100;

/** First words that describe a change instead of asking for it, except for words that only look so. */
const NOT_IMPERATIVE = /^(?!(?:bring|embed|need|feed|speed)\b)\p{L}+(?:ed|ing)\b|^\p{Lu}\p{Ll}/u;

/**
 * Returns the problem of a commit's subject, which must be like "fix(core): report a damaged frame"; `undefined` if the
 * subject is right.
 */
export function subjectProblem(subject: string): string | undefined {
  const [, scope, text] = /^([^:]+): (.+)$/u.exec(subject) ?? [];
  if (scope === undefined || text === undefined) return 'begin with a scope, as in "fix(core): report a damaged frame"';
  if (NOT_IMPERATIVE.test(text)) return "after the scope, use the imperative, in lower case";
  if (text.endsWith(".")) return "end without a full stop";
  const [phrase] = phraseProblems(text);
  if (phrase !== undefined) return phrase;
  return subject.length > LONGEST ? `use at most ${LONGEST} characters, not ${subject.length}` : undefined;
}
