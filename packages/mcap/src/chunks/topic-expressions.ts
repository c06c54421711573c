/** The classes of ASCII that Rust's expressions have within brackets. */
const CLASSES: Readonly<Record<string, string>> = {
  alnum: "0-9A-Za-z",
  alpha: "A-Za-z",
  ascii: "\\x00-\\x7F",
  blank: "\\t ",
  cntrl: "\\x00-\\x1F\\x7F",
  digit: "0-9",
  graph: "!-~",
  lower: "a-z",
  print: " -~",
  punct: "!-\\/:-@\\[-`\\{-~",
  space: "\\t\\n\\v\\f\\r ",
  upper: "A-Z",
  word: "0-9A-Za-z_",
  xdigit: "0-9A-Fa-f",
};
/** The complements of these classes. */
const COMPLEMENTS: Readonly<Record<string, string>> = {
  alnum: "\\x00-\\/:-@\\[-`\\{-\\u{10FFFF}",
  alpha: "\\x00-@\\[-`\\{-\\u{10FFFF}",
  ascii: "\\x80-\\u{10FFFF}",
  digit: "\\x00-\\/:-\\u{10FFFF}",
  lower: "\\x00-`\\{-\\u{10FFFF}",
  upper: "\\x00-@\\[-\\u{10FFFF}",
  word: "\\x00-\\/:-@\\[-\\^`\\{-\\u{10FFFF}",
};
/** Escapes with the same meaning in both syntaxes. */
const SAME = "dDsSwWbBfnrtvpPu";
/** The characters that JavaScript allows to be escaped. */
const SYNTAX = "^$\\.*+?()[]{}|/";

/**
 * An expression in the syntax of Rust, which Rerun uses, in that of JavaScript with the flag `u`.
 * @throws {SyntaxError} at a part that JavaScript lacks. Other errors come from `RegExp`
 */
export function translated(source: string): string {
  let out = "";
  for (let at = 0; at < source.length;) {
    const [part, end] = partAt(source, at);
    out += part;
    at = end;
  }
  return out;
}

type Part = readonly [text: string, end: number];

function partAt(source: string, at: number): Part {
  if (source[at] === "\\") return escapeAt(source, at, false);
  if (source[at] === "[") return classAt(source, at);
  if (source.startsWith("(?P<", at)) return ["(?<", at + 4];
  return [source[at] as string, at + 1];
}

function escapeAt(source: string, at: number, isInClass: boolean): Part {
  const name = source[at + 1] ?? "";
  const end = at + 2;
  if (!isInClass && name === "A") return ["(?<![\\s\\S])", end];
  if (!isInClass && name === "z") return ["(?![\\s\\S])", end];
  if (name === "a") return ["\\x07", end];
  const code = /^\\(?:x\{([\dA-Fa-f]+)\}|U\{([\dA-Fa-f]+)\}|U([\dA-Fa-f]{8})|x([\dA-Fa-f]{2}))/.exec(source.slice(at));
  if (code !== null) return [`\\u{${code[1] ?? code[2] ?? code[3] ?? code[4]}}`, at + code[0].length];
  // A class of one letter has no braces in Rust.
  const letter = /^\\([pP])([A-Z])/.exec(source.slice(at));
  if (letter !== null) return [`\\${letter[1]}{${letter[2]}}`, at + letter[0].length];
  if (SAME.includes(name) && name !== "") return [`\\${name}`, end];
  if (SYNTAX.includes(name) && name !== "") return [`\\${name}`, end];
  if (name === "-") return [isInClass ? "\\-" : "-", end];
  if (/^[!-/:-@[-`{-~]$/.test(name)) return [name, end];
  throw new SyntaxError(`${JSON.stringify(source)} has \\${name}, which is not supported`);
}

function classAt(source: string, start: number): Part {
  let at = start + 1;
  let out = "[";
  if (source[at] === "^") {
    out += "^";
    at++;
  }
  for (let isFirst = true; at < source.length; isFirst = false) {
    if (source[at] === "]" && !isFirst) return [`${out}]`, at + 1];
    const [part, end] = memberAt(source, at);
    out += part;
    at = end;
  }
  throw new SyntaxError(`${JSON.stringify(source)} has a class without an end`);
}

function memberAt(source: string, at: number): Part {
  const named = /^\[:(\^?)(\w+):\]/.exec(source.slice(at));
  if (named !== null) {
    const [all, not, name = ""] = named;
    const ranges = (not === "" ? CLASSES : COMPLEMENTS)[name];
    if (ranges === undefined) throw new SyntaxError(`${JSON.stringify(source)} has ${all}, which is not supported`);
    return [ranges, at + all.length];
  }
  if (source[at] === "\\") return escapeAt(source, at, true);
  if (source[at] === "[" || /^(?:&&|--|~~)/.test(source.slice(at)))
    throw new SyntaxError(`${JSON.stringify(source)} combines classes, which is not supported`);
  return [source[at] === "]" ? "\\]" : (source[at] as string), at + 1];
}
