import { fieldsOf, objectsOf, textOf, type EventFields } from "../events/page-event.ts";
import { safeCss, type FindAsset } from "./safe-css.ts";

/** Adds rules to a style sheet, removes others, or replaces all. Rules that the browser refuses are left out. */
export function applyRules(sheet: CSSStyleSheet, data: EventFields, find: FindAsset): void {
  for (const { rule, index } of objectsOf(data["adds"])) {
    const [list, at] = placeOf(sheet, index);
    attempt(() => list?.insertRule(safeCss(textOf(rule), find), Math.min(at ?? Infinity, list.cssRules.length)));
  }
  for (const { index } of objectsOf(data["removes"])) {
    const [list, at] = placeOf(sheet, index);
    attempt(() => list?.deleteRule(at ?? 0));
  }
  for (const name of ["replace", "replaceSync"])
    if (typeof data[name] === "string") attempt(() => sheet.replaceSync(safeCss(String(data[name]), find)));
}

/** Changes a property of a rule. */
export function setDeclaration(sheet: CSSStyleSheet, { index, set, remove }: EventFields, find: FindAsset): void {
  const [list, at] = placeOf(sheet, index);
  const style = (list?.cssRules[at ?? 0] as CSSStyleRule | undefined)?.style;
  const { property, value, priority } = fieldsOf(set);
  if (typeof property === "string") style?.setProperty(property, safeCss(textOf(value), find), textOf(priority));
  const { property: removed } = fieldsOf(remove);
  if (typeof removed === "string") style?.removeProperty(removed);
}

/** The list of rules and the position in it. A rule within another one has several positions. */
function placeOf(sheet: CSSStyleSheet, index: unknown): [CSSStyleSheet | CSSGroupingRule | undefined, number?] {
  const positions = (Array.isArray(index) ? index : [index]).filter((one) => typeof one === "number");
  let list: CSSStyleSheet | CSSGroupingRule | undefined = sheet;
  for (const position of positions.slice(0, -1)) list = list?.cssRules[position] as CSSGroupingRule | undefined;
  const last = positions.at(-1);
  return last === undefined ? [list] : [list, last];
}

function attempt(change: () => unknown): void {
  try {
    change();
  } catch {
    // Another browser may not know the rule.
  }
}
