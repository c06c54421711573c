import { describeValue } from "../checks/describe-value.ts";
import { argumentError, invalidArgument } from "../checks/invalid-value-error.ts";
import { EntityPath } from "./entity-path.ts";

/** A rule of a filter: a path, or a subtree. */
interface Rule {
  readonly parts: readonly string[];
  readonly isSubtree: boolean;
  readonly isIncluded: boolean;
}

const PROPERTIES = "__properties";

/**
 * Creates a filter of entities from expressions: `/a` is one entity, `/a/**` one with all below it, and a leading `-`
 * excludes. The most specific expression decides, or the later one of two equally specific expressions. Entities that
 * match no expression are excluded. Properties are excluded unless an expression names them.
 *
 * @param contents the expressions; `undefined` for all entities except properties
 * @throws {TypeError} if an expression is not a string, or contains `*` in another place
 */
export function contentFilter(contents: string | readonly string[] | undefined): (entityPath: string) => boolean {
  const rules = rulesOf(contents ?? "/**");
  if (!rules.some(({ parts }) => parts[0] === PROPERTIES))
    rules.unshift({ parts: [PROPERTIES], isSubtree: true, isIncluded: false });
  const known = new Map<string, boolean>();
  return (entityPath) => {
    let isIncluded = known.get(entityPath);
    if (isIncluded === undefined) {
      isIncluded = decide(rules, EntityPath.parse(entityPath).parts);
      known.set(entityPath, isIncluded);
    }
    return isIncluded;
  };
}

function rulesOf(contents: string | readonly string[]): Rule[] {
  const all = typeof contents === "string" ? [contents] : contents;
  if (!Array.isArray(all) || !all.every((text) => typeof text === "string"))
    throw invalidArgument("contents", "an expression, or an array of them", contents);
  // Expressions may share a string: white space separates them, unless a sign or a backslash is before it.
  const texts = all.flatMap((text) => text.match(/(?:[+-]\s+)?(?:\\.|\S)+/gsu) ?? []);
  return texts.map((text) => {
    const sign = /^[+-]/.exec(text)?.[0];
    const path = sign === undefined ? text : text.slice(1).trimStart();
    const isSubtree = path === "**" || path.endsWith("/**");
    const own = isSubtree ? path.slice(0, -2) : path;
    if (/^(?:[^\\]|\\.)*?\*/su.test(own))
      throw argumentError(
        "contents",
        `\`contents\` must have \`*\` only in \`/**\` at the end of an expression, which means all below an entity, ` +
          `got ${describeValue(text)}; the \`*\` of a name is written \`\\*\``,
      );
    const { parts } = EntityPath.parse(own);
    return { parts, isSubtree, isIncluded: sign !== "-" };
  });
}

function decide(rules: readonly Rule[], parts: readonly string[]): boolean {
  let best = -1;
  let isIncluded = false;
  for (const rule of rules) {
    const depth = rule.parts.length;
    const fits = rule.isSubtree ? depth <= parts.length : depth === parts.length;
    if (!fits || !rule.parts.every((part, index) => part === parts[index])) continue;
    const specificity = depth * 2 + (rule.isSubtree ? 0 : 1);
    if (specificity < best) continue;
    best = specificity;
    isIncluded = rule.isIncluded;
  }
  return isIncluded;
}
