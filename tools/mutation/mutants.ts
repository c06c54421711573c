import { parseAst } from "rolldown/parseAst";

/** A small fault that can be put into a source file. */
export interface Mutant {
  /** The number within the file. */
  readonly id: number;
  readonly line: number;
  /** The code that is replaced. */
  readonly original: string;
  /** The code that replaces the mutated code. */
  readonly replacement: string;
}

/** A file with all its mutants, each behind a switch. */
export interface MutatedFile {
  readonly code: string;
  readonly mutants: readonly Mutant[];
}

/** A node of the syntax tree. */
interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [key: string]: unknown;
}

/** The operators that replace each operator. */
const OPERATORS: Readonly<Record<string, readonly string[]>> = {
  "<": ["<=", ">="],
  "<=": ["<", ">"],
  ">": [">=", "<="],
  ">=": [">", "<"],
  "===": ["!=="],
  "!==": ["==="],
  "+": ["-"],
  "-": ["+"],
  "*": ["/"],
  "/": ["*"],
  "%": ["*"],
  "<<": [">>"],
  ">>": ["<<"],
  ">>>": ["<<"],
  "&": ["|"],
  "|": ["&"],
  "&&": ["||"],
  "||": ["&&"],
};
const ASSIGNMENTS: Readonly<Record<string, string>> = {
  "+=": "-=",
  "-=": "+=",
  "*=": "/=",
  "||=": "&&=",
  "&&=": "||=",
};
/** Methods that replace each other, or are left out. */
const METHODS: Readonly<Record<string, string | undefined>> = {
  min: "max",
  max: "min",
  some: "every",
  every: "some",
  startsWith: "endsWith",
  endsWith: "startsWith",
  filter: undefined,
  sort: undefined,
  slice: undefined,
  subarray: undefined,
};
/** Keys of nodes that hold types, and the types of expressions that only say what type something has. */
const TYPE_KEYS = /^(?:typeAnnotation|typeArguments|typeParameters|returnType|superTypeArguments|implements)$/;
const TYPED_EXPRESSION = /^TS(?:As|Satisfies|NonNull)Expression$/;
const FUNCTION = /^(?:FunctionDeclaration|FunctionExpression|ArrowFunctionExpression)$/;
const LOOP = /^(?:For|While|DoWhile|ForOf|ForIn)Statement$/;

/**
 * Finds what can be mutated in a file, and puts each mutant behind the function `__mutant`, which says whether it is
 * switched on. Each pass of a loop calls `__loop`, so that the runner can end endless loops. Does not change code that
 * runs at the import of the module, texts, or code that makes errors.
 */
export function mutateFile(code: string): MutatedFile {
  const mutants: Mutant[] = [];
  const starts = new Map<number, string[]>();
  const ends = new Map<number, string[]>();
  const text = ({ start, end }: Node): string => code.slice(start, end);
  const insert = (start: number, before: string, end: number, after: string): void => {
    starts.set(start, [...(starts.get(start) ?? []), before]);
    ends.set(end, [after, ...(ends.get(end) ?? [])]);
  };
  const mutantOf = (original: string, replacement: string, at: number): string => {
    const id = mutants.length;
    mutants.push({ id, line: code.slice(0, at).split("\n").length, original, replacement });
    return `__mutant(${id})`;
  };
  const replace = (node: Node, replacement: string): void =>
    insert(node.start, `(${mutantOf(text(node), replacement, node.start)}?(${replacement}):(`, node.end, "))");
  const replaceOperator = (node: Node, operator: string): void => {
    const [left, right] = [node["left"], node["right"]] as [Node, Node];
    const between = code.slice(left.end, right.start).replace(String(node["operator"]), operator);
    replace(node, code.slice(node.start, left.end) + between + code.slice(right.start, node.end));
  };

  const mutate = (node: Node): void => {
    switch (node.type) {
      case "BinaryExpression":
      case "LogicalExpression": {
        if (isText(node)) return;
        for (const operator of OPERATORS[String(node["operator"])] ?? []) replaceOperator(node, operator);
        if (node["operator"] === "??") replace(node, text(node["left"] as Node));
        return;
      }
      case "AssignmentExpression": {
        const operator = ASSIGNMENTS[String(node["operator"])];
        if (operator !== undefined && !isText(node)) replaceOperator(node, operator);
        return;
      }
      case "UpdateExpression":
        return replace(
          node,
          text(node).replace(/\+\+|--/, (own) => (own === "++" ? "--" : "++")),
        );
      case "UnaryExpression":
        if (/^[!-]$/.test(String(node["operator"]))) replace(node, text(node["argument"] as Node));
        return;
      case "Literal":
        if (typeof node["value"] === "boolean") replace(node, String(!node["value"]));
        else if (/^[0-9]/.test(text(node))) replace(node, `${text(node)} + ${text(node).endsWith("n") ? "1n" : "1"}`);
        return;
      case "ConditionalExpression":
      case "IfStatement":
        replace(node["test"] as Node, "true");
        return replace(node["test"] as Node, "false");
      case "WhileStatement":
        return replace(node["test"] as Node, "false");
      case "ExpressionStatement": {
        const { type } = node["expression"] as Node;
        if (!/^(?:Call|Await|Yield)Expression$/.test(type) || /^super\b/.test(text(node))) return;
        return insert(node.start, `{if(!${mutantOf(text(node), "", node.start)}){`, node.end, "}}");
      }
      case "CallExpression": {
        const callee = node["callee"] as Node;
        const name = callee.type === "MemberExpression" ? text(callee["property"] as Node) : "";
        if (!Object.hasOwn(METHODS, name)) return;
        const object = text(callee["object"] as Node);
        const other = METHODS[name];
        if (other === undefined) return replace(node, object);
        const property = callee["property"] as Node;
        return replace(node, code.slice(node.start, property.start) + other + code.slice(property.end, node.end));
      }
      default:
    }
  };

  const visit = (node: Node, isRun: boolean): void => {
    if (node.type === "ThrowStatement" || isError(node)) return;
    if (node.type.startsWith("TS") && !TYPED_EXPRESSION.test(node.type)) return;
    if (LOOP.test(node.type) && isRun) {
      const body = node["body"] as Node;
      insert(body.start, "{__loop();", body.end, "}");
    }
    if (isRun) mutate(node);
    const isFunction = FUNCTION.test(node.type);
    const body = node["body"] as Node | null;
    if (isFunction && body?.type === "BlockStatement" && (body["body"] as unknown[]).length > 1) {
      // A constructor must call that of its class's parent.
      if (!/\bsuper\(/.test(text(body)))
        insert(body.start + 1, `if(${mutantOf(text(node).slice(0, 60), "return", node.start)})return;`, body.end, "");
    }
    for (const [key, child] of Object.entries(node)) {
      if (TYPE_KEYS.test(key)) continue;
      // Names of properties, labels and destructured names are no expressions.
      if ((key === "key" && node["computed"] !== true) || key === "label" || key === "params") continue;
      const isInside = isRun || isFunction || node.type === "PropertyDefinition";
      for (const each of Array.isArray(child) ? (child as unknown[]) : [child]) if (isNode(each)) visit(each, isInside);
    }
  };
  visit(parseAst(code, { lang: "ts" }) as unknown as Node, false);

  let mutated = "";
  let last = 0;
  for (const at of [...new Set([...starts.keys(), ...ends.keys()])].sort((a, b) => a - b)) {
    mutated += code.slice(last, at) + (ends.get(at) ?? []).join("") + (starts.get(at) ?? []).join("");
    last = at;
  }
  return { code: mutated + code.slice(last), mutants };
}

function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && "type" in value && "start" in value;
}

/** Whether an operator joins texts. */
function isText(node: Node): boolean {
  if (node.type === "TemplateLiteral") return true;
  if (node.type === "Literal") return typeof node["value"] === "string";
  if (node["operator"] !== "+" && node["operator"] !== "+=") return false;
  return isText(node["left"] as Node) || isText(node["right"] as Node);
}

/** Whether an expression makes an error: its text is not tested word by word. */
function isError(node: Node): boolean {
  const { name } = (node["callee"] ?? {}) as { readonly name?: unknown };
  return node.type === "NewExpression" && typeof name === "string" && name.endsWith("Error");
}
