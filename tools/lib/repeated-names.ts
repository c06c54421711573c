/** Words that say nothing about a name. Others, such as "all" and "if", do. */
const EMPTY = new Set("a an the of for to and its it is in by with or that this on at be are one".split(" "));
const ENDING = /(?:ing|ed|es|s|er|or|ion|e)$/u;
/** A doc block of a line, and the declaration after it. */
const BLOCK =
  /^(?<indent> *)\/\*\* (?<text>.*?) \*\/\n *(?:(?:export|declare|abstract|async|static|readonly|private|public|override|get|set|class|interface|type|function\*?|const|let|enum) )*#?(?<name>\w+)/gmu;
const OWNER = /^(?:export )?(?:abstract )?(?:class|interface) (\w+)/gmu;

/** A doc block that says nothing but the name of its declaration. */
export interface RepeatedName {
  /** The line of the block, from 0. */
  readonly line: number;
  readonly name: string;
  readonly text: string;
}

/**
 * Finds doc blocks of a line whose words are all in the name of their declaration, or in the name of its class or
 * interface: "The name of a stream." of `StreamName`. Blocks with links are left out.
 */
export function repeatedNames(source: string): readonly RepeatedName[] {
  const found: RepeatedName[] = [];
  for (const { index, groups = {} } of source.matchAll(BLOCK)) {
    const { indent = "", text = "", name = "" } = groups;
    const before = source.slice(0, index);
    const owner = indent === "" ? "" : ([...before.matchAll(OWNER)].at(-1)?.[1] ?? "");
    const known = new Set([...stemsOf(name), ...stemsOf(owner)]);
    const stems = stemsOf(text);
    if (!text.includes("{@link") && stems.length > 0 && stems.every((stem) => known.has(stem)))
      found.push({ line: before.split("\n").length - 1, name, text });
  }
  return found;
}

/** The words of a text or of a name in camel case, without their endings and without empty words. */
function stemsOf(text: string): readonly string[] {
  return text
    .replaceAll(/([a-z\d])([A-Z])/gu, "$1 $2")
    .replaceAll(/([A-Z]+)([A-Z][a-z])/gu, "$1 $2")
    .toLowerCase()
    .split(/[^a-z\d]+/u)
    .filter((word) => word !== "" && !EMPTY.has(word))
    .map((word) => word.replace(/ies$/u, "y").replace(ENDING, "").replace(ENDING, ""));
}
