import { describeValue } from "../describe-value.ts";
import { wrongType } from "../invalid-value.ts";
import { escapeEntityPathPart, splitPath, unescapePart, type PathProblem } from "./escape.ts";

/** Where data is logged: a path such as `"robot/arm"`, or its parts, each of which may hold any text. */
export type EntityPathLike = string | readonly (string | number | bigint)[] | EntityPath;

/** How {@link EntityPath.parse} reads. */
export interface ParseEntityPathOptions {
  /** Refuse what a logging call would put up with: empty parts, characters that are not escaped. Default `false`. */
  strict?: boolean | undefined;
}

/** The path of an entity in a recording, e.g. `/world/robot\ 1`. */
export class EntityPath {
  /** The parts, unescaped; the root has none. */
  readonly parts: readonly string[];
  readonly #text: string;

  private constructor(parts: readonly string[]) {
    this.parts = parts;
    this.#text = `/${parts.map(escapeEntityPathPart).reduce(joinEscaped, "")}`;
  }

  /** The path of these parts. @throws {TypeError} if a part is empty or no string, number or bigint. */
  static of(...parts: readonly (string | number | bigint)[]): EntityPath {
    for (const part of parts) {
      if (isPart(part)) continue;
      throw new TypeError(
        `\`parts\` must be strings that are not empty, numbers or bigints, got ${describeValue(part)}`,
      );
    }
    return new EntityPath(parts.map(String));
  }

  /**
   * Reads a path. Slashes part it, a backslash escapes; empty parts vanish.
   * @throws {TypeError} if `text` is no string, or in strict mode if it is not well formed.
   */
  static parse(text: string, options?: ParseEntityPathOptions): EntityPath {
    if (typeof text !== "string") throw new TypeError(`\`text\` must be an entity path, got ${describeValue(text)}`);
    const { path, problems } = parseForgiving(text);
    const problem = options?.strict === true ? (emptyPartProblem(text) ?? problems[0]?.message) : undefined;
    if (problem !== undefined) {
      throw new TypeError(`\`text\` must be a well-formed entity path, got ${JSON.stringify(text)}, which ${problem}`);
    }
    return path;
  }

  /** The path above; the root has none. */
  get parent(): EntityPath | undefined {
    return this.parts.length === 0 ? undefined : new EntityPath(this.parts.slice(0, -1));
  }

  /** The path of a descendant. @throws {TypeError} as {@link EntityPath.of}. */
  join(...parts: readonly (string | number | bigint)[]): EntityPath {
    return EntityPath.of(...this.parts, ...parts);
  }

  /** The canonical text: escaped, with a leading slash; `/` is the root. */
  toString(): string {
    return this.#text;
  }
}

/** A path and what its text had wrong. */
export interface ForgivenPath {
  readonly path: EntityPath;
  readonly problems: readonly PathProblem[];
}

/** Reads a path as the logging calls do: everything is accepted. */
export function parseForgiving(text: string): ForgivenPath {
  const parts: string[] = [];
  const problems: PathProblem[] = [];
  for (const escaped of splitPath(text)) {
    if (escaped === "") continue;
    const part = unescapePart(escaped);
    parts.push(part.text);
    problems.push(...part.problems);
  }
  return { path: EntityPath.of(...parts), problems };
}

function emptyPartProblem(text: string): string | undefined {
  if (text === "") return "is empty";
  if (text === "/") return undefined;
  const parts = splitPath(text);
  if (parts.at(-1) === "") return "ends in a slash";
  return parts.includes("", 1) ? "has an empty part" : undefined;
}

/** The path that a logging call means. Throws `InvalidValue`. */
export function toEntityPath(path: EntityPathLike): ForgivenPath {
  if (typeof path === "string") return parseForgiving(path);
  if (path instanceof EntityPath) return { path, problems: [] };
  if (!Array.isArray(path)) throw wrongType("an entity path: a string, or an array of its parts", path);
  for (const part of path as readonly unknown[]) {
    if (!isPart(part)) throw wrongType("an array of parts that are strings (not empty), numbers or bigints", part);
  }
  return { path: EntityPath.of(...path), problems: [] };
}

function isPart(part: unknown): boolean {
  return typeof part === "string" ? part !== "" : typeof part === "number" || typeof part === "bigint";
}

/** Rerun does not part a path at a slash behind a backslash, not even behind an escaped one: that one is spelled out. */
function joinEscaped(path: string, part: string, index: number): string {
  if (index === 0) return part;
  return `${path.endsWith("\\") ? `${path.slice(0, -2)}\\u{005C}` : path}/${part}`;
}
