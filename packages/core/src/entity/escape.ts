import { invalidArgument } from "../checks/invalid-value-error.ts";

const PLAIN = /^[\p{Alphabetic}\p{Nd}\p{Nl}\p{No}_\-.]+$/u;
const PLAIN_CHARACTER = /[\p{Alphabetic}\p{Nd}\p{Nl}\p{No}_\-.]/u;
const PUNCTUATION = /[ !-/:-@[-`{-~]/;
const CONTROLS: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };
const UNESCAPED: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t" };

/**
 * Escapes one part of an entity path. A part may be any string. Needed only to build a path as a string: arrays and
 * {@link EntityPath.of} take parts unescaped.
 *
 * @throws {TypeError} if the part is not a string
 * @example
 * rec.log(`jobs/${rr.escapeEntityPathPart("a/b c")}/duration`, new rr.Scalars(1)); // /jobs/a\/b\ c/duration
 */
export function escapeEntityPathPart(part: string): string {
  if (typeof part !== "string") throw invalidArgument("part", "a string", part);
  if (PLAIN.test(part)) return part;
  let text = "";
  for (const character of part) text += escapeCharacter(character);
  return text;
}

function escapeCharacter(character: string): string {
  if (PLAIN_CHARACTER.test(character)) return character;
  const control = CONTROLS[character];
  if (control !== undefined) return control;
  if (PUNCTUATION.test(character)) return `\\${character}`;
  const hex = (character.codePointAt(0) ?? 0).toString(16).toUpperCase();
  return `\\u{${hex.padStart(4, "0")}}`;
}

/** A problem of a path that a strict parser rejects. */
export interface PathProblem {
  /** The problem, as it reads after the path. */
  readonly message: string;
  /** Whether logging calls warn about this problem, as the native SDKs do. Otherwise they accept it silently. */
  readonly warns: boolean;
}

/** The result of {@link unescapePart}. */
export interface UnescapedPart {
  readonly text: string;
  readonly problems: readonly PathProblem[];
}

/** Unescapes one part between two slashes. Accepts every string, and returns the problems that it found. */
export function unescapePart(escaped: string): UnescapedPart {
  if (PLAIN.test(escaped)) return { text: escaped, problems: [] };
  const problems: PathProblem[] = [];
  const problem = (message: string, warns = false): void => void problems.push({ message, warns });
  const characters = Array.from(escaped);
  let text = "";
  for (let index = 0; index < characters.length; index++) {
    const character = characters[index] as string;
    if (character !== "\\") {
      if (/\s/u.test(character)) problem("contains unescaped whitespace", true);
      else if (!PLAIN_CHARACTER.test(character)) problem(`contains an unescaped ${JSON.stringify(character)}`);
      text += character;
      continue;
    }
    const next = characters[++index];
    if (next === undefined) {
      problem("ends with a backslash");
      text += "\\";
    } else if (UNESCAPED[next] !== undefined) {
      text += UNESCAPED[next];
    } else if (PUNCTUATION.test(next)) {
      text += next;
    } else if (next === "u") {
      // As in Rerun, everything up to the brace belongs to the escape, and is taken literally if that is wrong.
      const brace = characters.indexOf("}", index);
      const end = brace < 0 ? characters.length : brace + 1;
      const escape = characters.slice(index + 1, end).join("");
      const point = /^\{[0-9A-Fa-f]{1,6}\}$/.test(escape) ? Number.parseInt(escape.slice(1), 16) : Number.NaN;
      if (point <= 0x10ffff && (point < 0xd800 || point >= 0xe000)) {
        text += String.fromCodePoint(point);
      } else {
        problem("contains `\\u` without a code point in braces");
        text += `\\u${escape}`;
      }
      index = end - 1;
    } else {
      problem(`contains the unknown escape \`\\${next}\``, true);
      text += next;
    }
  }
  return { text, problems };
}

/** Splits a path at its unescaped slashes, and preserves empty parts. */
export function splitPath(text: string): string[] {
  const parts: string[] = [];
  let start = 0;
  for (let index = 0; index < text.length; index++) {
    if (text[index] === "/" && text[index - 1] !== "\\") {
      parts.push(text.slice(start, index));
      start = index + 1;
    }
  }
  parts.push(text.slice(start));
  return parts;
}
