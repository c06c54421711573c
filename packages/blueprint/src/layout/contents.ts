import type { AsComponents } from "@rerun-ts/core";
import { EntityPath } from "@rerun-ts/core";
import { InvalidValueError, describeValue } from "@rerun-ts/core/internal";
import { archetypeNameOf } from "@rerun-ts/types/internal";
import { ViewContents } from "@rerun-ts/types/blueprint";

/**
 * The entities that a view shows, as one expression or several: `+ path` or `path` includes an entity, `- path` excludes
 * it, `path/**` stands for an entity and everything below it, and `$origin` for the origin of the view. The most specific
 * expression wins; of equally specific ones, the last.
 */
export type ViewContentsLike = string | readonly string[] | AsComponents;

const EXPECTED = 'an expression such as "+ /world/**", "- $origin/camera" or "$origin/**"';
const EXPRESSION = /^\s*[+-]?\s*(?:\$origin(?=\/|\s*$))?(.*?)(?:\/\*\*)?\s*$/;

/** The archetype of the contents. @throws {InvalidValueError} if an expression is malformed */
export function toViewContents(contents: ViewContentsLike, argument: string): AsComponents {
  if (typeof contents === "string") {
    checkExpression(contents, argument);
    return new ViewContents(contents);
  }
  if (Array.isArray(contents)) {
    for (const [index, expression] of contents.entries()) checkExpression(expression, `${argument}[${index}]`);
    return new ViewContents(contents as readonly string[]);
  }
  if (archetypeNameOf(contents as AsComponents) === ViewContents.archetype) return contents as AsComponents;
  throw new InvalidValueError(`${EXPECTED}, a list of them, or ViewContents`, describeValue(contents), false, argument);
}

function checkExpression(expression: unknown, argument: string): void {
  const path = typeof expression === "string" ? EXPRESSION.exec(expression)?.[1] : undefined;
  const isEmpty = path === "" && !/\$origin|\/\*\*/.test(String(expression));
  if (path === undefined || isEmpty || !isWellFormed(path)) {
    throw new InvalidValueError(EXPECTED, describeValue(expression), false, argument);
  }
}

/** Whether a path has no characters that would have to be escaped, such as the stars of other globs. */
function isWellFormed(path: string): boolean {
  if (path === "") return true;
  try {
    EntityPath.parse(path, { strict: true });
    return true;
  } catch {
    return false;
  }
}
