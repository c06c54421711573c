import { brand, hasBrand } from "../checks/brand.ts";
import { throughProxies } from "../checks/through-proxies.ts";
import { checkOptions } from "../checks/check-arguments.ts";
import { argumentError, wrongType, invalidArgument } from "../checks/invalid-value-error.ts";
import { escapeEntityPathPart, splitPath, unescapePart, type PathProblem } from "./escape.ts";

/** A path of an entity: a string such as `"robot/arm"`, or an array of its parts, which may be any strings. */
export type EntityPathLike = string | readonly (string | number | bigint)[] | EntityPath;

/** The parts that a path accepts, as messages name them. */
const PARTS = "non-empty strings, numbers or bigints";

/** Options of {@link EntityPath.parse}. */
export interface ParseEntityPathOptions {
  /**
   * Whether to reject some forms that logging calls accept: empty parts, unescaped characters, unknown escapes. Default
   * `false`.
   */
  strict?: boolean | undefined;
}

/**
 * The path of an entity in a recording, e.g. `/world/robot\ 1`. Immutable.
 *
 * Logging calls also accept strings and arrays. A path is useful to build others from it, or to check a foreign one.
 * Its string is canonical: in all Rerun SDKs, two paths are the same entity if their strings are equal.
 *
 * @example
 * const robot = rr.EntityPath.of("world", "robot 1");
 * rec.log(robot.join("arm"), new rr.Scalars(1)); // /world/robot\ 1/arm
 */
export class EntityPath {
  /** The parts, unescaped. The root has none. */
  readonly parts: readonly string[];
  readonly #text: string;

  private constructor(parts: readonly string[]) {
    throughProxies(this);
    if (!Array.isArray(parts)) throw argumentError("parts", "use `EntityPath.of` or `EntityPath.parse`");
    this.parts = parts;
    this.#text = `/${parts.map(escapeEntityPathPart).reduce(joinEscaped, "")}`;
  }

  /** The path of these parts, which may be any non-empty strings. @throws {TypeError} if a part is invalid */
  static of(...parts: readonly (string | number | bigint)[]): EntityPath {
    for (const part of parts) {
      if (isValidPart(part)) continue;
      throw invalidArgument("parts", PARTS, part);
    }
    return new EntityPath(parts.map(String));
  }

  /**
   * Parses a path. Slashes separate its parts, a backslash escapes a character, and empty parts are ignored.
   *
   * @throws {TypeError} if `text` is not a string or, with `strict`, not well formed
   * @example
   * rr.EntityPath.parse("world/robot\\ 1").parts; // ["world", "robot 1"]
   */
  static parse(text: string, options?: ParseEntityPathOptions): EntityPath {
    if (typeof text !== "string") throw invalidArgument("text", "a string", text);
    checkOptions("EntityPath.parse", options, { strict: "boolean" });
    const { path, problems } = parseLenient(text);
    const problem = options?.strict === true ? (emptyPartProblem(text) ?? problems[0]?.message) : undefined;
    if (problem !== undefined) {
      throw argumentError(
        "text",
        `\`text\` must be a well-formed entity path, got ${JSON.stringify(text)}, which ${problem}`,
      );
    }
    return path;
  }

  /** The path without its last part, or `undefined` for the root. */
  get parent(): EntityPath | undefined {
    return this.parts.length === 0 ? undefined : new EntityPath(this.parts.slice(0, -1));
  }

  /** The path of a descendant: this path with more parts. @throws {TypeError} if a part is invalid */
  join(...parts: readonly (string | number | bigint)[]): EntityPath {
    return EntityPath.of(...this.parts, ...parts);
  }

  /** The canonical string: escaped, with a leading slash. The root is `/`. */
  toString(): string {
    return this.#text;
  }
}

brand(EntityPath.prototype, "EntityPath");

/** Whether a value is an {@link EntityPath}, of any copy of this package. */
export function isEntityPath(value: unknown): value is EntityPath {
  return hasBrand(value, "EntityPath");
}

/** The result of parsing a path, with the problems that a strict parser rejects. */
export interface ParsedPath {
  readonly path: EntityPath;
  readonly problems: readonly PathProblem[];
}

/** Parses a path as logging calls do: every string is accepted. */
function parseLenient(text: string): ParsedPath {
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
  if (parts.at(-1) === "") return "ends with a slash";
  return parts.includes("", 1) ? "contains an empty part" : undefined;
}

/** Converts the path argument of a logging call. @throws {InvalidValueError} if the argument is not a path */
export function toEntityPath(path: EntityPathLike): ParsedPath {
  if (typeof path === "string") return parseLenient(path);
  if (isEntityPath(path)) return { path, problems: [] };
  if (!Array.isArray(path)) throw wrongType("an entity path: a string, or an array of its parts", path);
  for (const part of path as readonly unknown[]) {
    if (!isValidPart(part)) throw wrongType(`an array of ${PARTS}`, part);
  }
  return { path: EntityPath.of(...path), problems: [] };
}

function isValidPart(part: unknown): boolean {
  return typeof part === "string" ? part !== "" : typeof part === "number" || typeof part === "bigint";
}

/**
 * Joins two escaped parts. Rerun does not split a path at a slash after a backslash, even if that backslash is escaped:
 * so a backslash at the end of a part is written as a code point.
 */
function joinEscaped(path: string, part: string, index: number): string {
  if (index === 0) return part;
  return `${path.endsWith("\\") ? `${path.slice(0, -2)}\\u{005C}` : path}/${part}`;
}
