import { type AsComponents, EntityPath } from "@rerun-ts/core";
import { InvalidValueError, describeValue } from "@rerun-ts/core/checks";
import { toEntityPath } from "@rerun-ts/core/encode";
import { archetypeNameOf } from "@rerun-ts/types/archetype-names";
import { ViewContents } from "@rerun-ts/types/blueprint";
import { isComponents } from "../property.ts";

/**
 * The entities in a view, as one expression or several. `+ path` or `path` includes an entity, `- path` excludes it,
 * `path/**` includes an entity and everything below it, and `$origin` is the origin of the view. The most specific
 * expression wins. Of equally specific ones, the last wins.
 */
export type ViewContentsLike = string | readonly string[] | AsComponents;

const EXPECTED = 'an expression such as "+ /world/**", "- $origin/camera" or "$origin/**"';
const EXPRESSION = /^(\s*[+-]?\s*(?:\$origin(?=\/|\s*$))?)(.*?)((?:\/\*\*)?\s*)$/;
/** A star after no backslash, or after an even number of them, which are backslashes of the name. */
const STAR = /(?:^|[^\\])(?:\\\\)*\*/;

/** The archetype of the contents. @throws {InvalidValueError} if an expression is malformed */
export function toViewContents(contents: ViewContentsLike, argument: string): AsComponents {
  if (typeof contents === "string") return new ViewContents(toExpression(contents, argument));
  if (Array.isArray(contents))
    return new ViewContents(contents.map((expression, index) => toExpression(expression, `${argument}[${index}]`)));
  if (isComponents(contents) && archetypeNameOf(contents) === ViewContents.archetype) return contents;
  throw new InvalidValueError(`${EXPECTED}, a list of them, or ViewContents`, describeValue(contents), false, argument);
}

/** The expression in the form for viewers, with the same characters escaped as in the paths of `log`. */
function toExpression(expression: unknown, argument: string): string {
  const match = typeof expression === "string" ? EXPRESSION.exec(expression) : null;
  const [, start = "", path = "", end = ""] = match ?? [];
  if (match === null || (path === "" && !start.includes("$origin") && !end.includes("/**")))
    throw new InvalidValueError(EXPECTED, describeValue(expression), false, argument);
  if (STAR.test(path)) {
    const expected = `${EXPECTED}, with stars only in a final "/**" ("\\*" is a star in a name)`;
    throw new InvalidValueError(expected, describeValue(expression), false, argument);
  }
  return isWellFormed(path) ? (expression as string) : start + toEntityPath(path).path.toString() + end;
}

/** Whether a path needs no change. */
function isWellFormed(path: string): boolean {
  if (path === "") return true;
  try {
    EntityPath.parse(path, { strict: true });
    return true;
  } catch {
    return false;
  }
}
