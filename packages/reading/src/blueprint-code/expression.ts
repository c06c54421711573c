/** An expression of TypeScript: a string of code, or parts that are printed on one line or on several. */
export type Expression = string | Call | List | ObjectLiteral;

interface Call {
  readonly name: string;
  readonly args: readonly Expression[];
}

interface List {
  readonly items: readonly Expression[];
}

interface ObjectLiteral {
  readonly entries: readonly (readonly [key: string, value: Expression])[];
}

/** Longest line. */
const WIDTH = 100;
const INDENT = "  ";
/** A name, which is printed unchanged. */
export const IDENTIFIER: RegExp = /^[A-Za-z_$][\w$]*$/;

/** A call, such as `new rrb.Tabs`. */
export function call(name: string, args: readonly Expression[]): Expression {
  return { name, args };
}

export function listExpression(items: readonly Expression[]): Expression {
  return { items };
}

/** An object. Entries without a value are left out. */
export function object(values: Readonly<Record<string, Expression | undefined>>): Expression {
  const entries = Object.entries(values).filter((entry): entry is [string, Expression] => entry[1] !== undefined);
  return { entries };
}

/** A string. */
export function textExpression(value: string): Expression {
  return JSON.stringify(value);
}

/** Whether an object has no entries. */
export function isEmptyObject(value: Expression): boolean {
  return typeof value === "object" && "entries" in value && value.entries.length === 0;
}

/**
 * Prints an expression.
 * @param indent the indentation of its first line
 * @param before the number of characters before it in this line, and after it in its last one
 */
export function printExpression(value: Expression, indent = "", before = 0): string {
  const flat = flatText(value);
  if (typeof value === "string" || indent.length + before + flat.length <= WIDTH) return flat;
  const inner = indent + INDENT;
  if ("entries" in value) {
    const lines = value.entries.map(([key, item]) => {
      const name = `${keyText(key)}: `;
      return `${inner}${name}${printExpression(item, inner, name.length + 1)},\n`;
    });
    return `{\n${lines.join("")}${indent}}`;
  }
  const [open, close, items] = "items" in value ? ["[", "]", value.items] : [`${value.name}(`, ")", value.args];
  const [only] = items;
  // A single object or list begins on the line of its call.
  if ("name" in value && items.length === 1 && typeof only === "object" && !("name" in only))
    return `${open}${printExpression(only, indent, before + open.length + 1)}${close}`;
  const lines = items.map((item) => `${inner}${printExpression(item, inner, 1)},\n`);
  return `${open}\n${lines.join("")}${indent}${close}`;
}

function flatText(value: Expression): string {
  if (typeof value === "string") return value;
  if ("items" in value) return `[${value.items.map(flatText).join(", ")}]`;
  if ("name" in value) return `${value.name}(${value.args.map(flatText).join(", ")})`;
  if (value.entries.length === 0) return "{}";
  return `{ ${value.entries.map(([key, item]) => `${keyText(key)}: ${flatText(item)}`).join(", ")} }`;
}

function keyText(key: string): string {
  return IDENTIFIER.test(key) ? key : JSON.stringify(key);
}
