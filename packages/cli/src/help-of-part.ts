/** The lines that begin a section: neither indented nor empty. */
const HEADING = /^\S/;
/** The indentation of the first line about a command. */
const ENTRY = /^ {2}\S/;

/**
 * The part of a help text about one of several commands: its lines in the lists of commands, its options, and those of
 * all commands. `undefined` if the text has no such command.
 */
export function helpOfPart(help: string, name: string): string | undefined {
  const sections = sectionsOf(help);
  const usage = sections.filter(({ title }) => /^Commands\b/.test(title)).flatMap(({ lines }) => entryOf(lines, name));
  if (usage.length === 0) return undefined;
  const [first = ""] = help.split("\n");
  const options = sections.filter(({ title }) => {
    const [, names] = /^Options of (.*):$/.exec(title) ?? [];
    return names === "all commands" || names?.split(/, | and /).includes(name) === true;
  });
  const rest = sections.filter(({ title }) => /^(?:Times|Environment|Exit status)/.test(title));
  return [
    [first, "", ...usage].join("\n"),
    ...[...options, ...rest].map(({ title, lines }) => [title, ...lines].join("\n").trimEnd()),
  ].join("\n\n");
}

interface Section {
  readonly title: string;
  readonly lines: readonly string[];
}

function sectionsOf(help: string): Section[] {
  const sections: { title: string; lines: string[] }[] = [];
  for (const line of help.split("\n")) {
    const last = sections.at(-1);
    const isNew = HEADING.test(line) && (last === undefined || last.lines.at(-1) === "");
    if (isNew) sections.push({ title: line, lines: [] });
    else last?.lines.push(line);
  }
  return sections;
}

/** The lines of a list about one command: its first line, and those that continue it. */
function entryOf(lines: readonly string[], name: string): string[] {
  const start = lines.findIndex((line) => ENTRY.test(line) && line.trim().split(/\s/, 1)[0] === name);
  if (start < 0) return [];
  const length = lines.slice(start + 1).findIndex((line) => ENTRY.test(line) || line.trim() === "");
  return lines.slice(start, length < 0 ? undefined : start + 1 + length);
}
