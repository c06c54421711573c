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
 * Finds all places of a file that can be mutated, and puts each mutant behind the function `__mutant`, which says
 * whether it is switched on. Each pass of a loop calls `__loop`, so that the runner can end endless loops. Does not
 * change code that runs at the import of the module, texts, or code that makes errors.
 */
export function mutateFile(code: string): MutatedFile {
  const mutator = new FileMutator(code);
  mutator.visit(parseAst(code, { lang: "ts" }) as unknown as Node, false);
  return mutator.result();
}

class FileMutator {
  readonly #code: string;
  readonly #mutants: Mutant[] = [];
  /** The texts to insert where a node starts, and where one ends, by position in the file. */
  readonly #starts = new Map<number, string[]>();
  readonly #ends = new Map<number, string[]>();

  constructor(code: string) {
    this.#code = code;
  }

  /** Mutates a node and all nodes below it. `isRun` is false for code that runs at the import of the module. */
  visit(node: Node, isRun: boolean): void {
    if (node.type === "ThrowStatement" || isError(node)) return;
    if (node.type.startsWith("TS") && !TYPED_EXPRESSION.test(node.type)) return;
    if (isRun && LOOP.test(node.type)) this.#countPasses(node);
    if (isRun) this.#mutate(node);
    const isFunction = FUNCTION.test(node.type);
    if (isFunction) this.#returnEarly(node);
    const isInside = isRun || isFunction || node.type === "PropertyDefinition";
    for (const child of expressionsIn(node)) this.visit(child, isInside);
  }

  result(): MutatedFile {
    let mutated = "";
    let last = 0;
    for (const at of [...new Set([...this.#starts.keys(), ...this.#ends.keys()])].sort((a, b) => a - b)) {
      const inserted = [...(this.#ends.get(at) ?? []), ...(this.#starts.get(at) ?? [])].join("");
      mutated += this.#code.slice(last, at) + inserted;
      last = at;
    }
    return { code: mutated + this.#code.slice(last), mutants: this.#mutants };
  }

  #countPasses(loop: Node): void {
    const body = loop["body"] as Node;
    this.#insert(body.start, "{__loop();", body.end, "}");
  }

  /** Lets a function of several statements return before the first one. */
  #returnEarly(node: Node): void {
    const body = node["body"] as Node | null;
    if (body?.type !== "BlockStatement" || (body["body"] as unknown[]).length <= 1) return;
    // A constructor must call that of its class's parent.
    if (/\bsuper\(/.test(this.#text(body))) return;
    const mutant = this.#addMutant(this.#text(node).slice(0, 60), "return", node.start);
    this.#insert(body.start + 1, `if(${mutant})return;`, body.end, "");
  }

  #mutate(node: Node): void {
    switch (node.type) {
      case "BinaryExpression":
      case "LogicalExpression":
        return this.#mutateOperation(node);
      case "AssignmentExpression": {
        const operator = ASSIGNMENTS[String(node["operator"])];
        if (operator !== undefined && !isText(node)) this.#replaceOperator(node, operator);
        return;
      }
      case "UpdateExpression":
        return this.#replace(
          node,
          this.#text(node).replace(/\+\+|--/, (own) => (own === "++" ? "--" : "++")),
        );
      case "UnaryExpression":
        if (/^[!-]$/.test(String(node["operator"]))) this.#replace(node, this.#text(node["argument"] as Node));
        return;
      case "Literal":
        return this.#mutateLiteral(node);
      case "ConditionalExpression":
      case "IfStatement":
        this.#replace(node["test"] as Node, "true");
        return this.#replace(node["test"] as Node, "false");
      case "WhileStatement":
        return this.#replace(node["test"] as Node, "false");
      case "ExpressionStatement":
        return this.#leaveOut(node);
      case "CallExpression":
        return this.#mutateCall(node);
      default:
    }
  }

  #mutateOperation(node: Node): void {
    if (isText(node)) return;
    for (const operator of OPERATORS[String(node["operator"])] ?? []) this.#replaceOperator(node, operator);
    if (node["operator"] === "??") this.#replace(node, this.#text(node["left"] as Node));
  }

  #mutateLiteral(node: Node): void {
    const text = this.#text(node);
    if (typeof node["value"] === "boolean") this.#replace(node, String(!node["value"]));
    else if (/^[0-9]/.test(text)) this.#replace(node, `${text} + ${text.endsWith("n") ? "1n" : "1"}`);
  }

  /** Leaves out a statement that is a call. */
  #leaveOut(node: Node): void {
    const { type } = node["expression"] as Node;
    if (!/^(?:Call|Await|Yield)Expression$/.test(type) || /^super\b/.test(this.#text(node))) return;
    this.#insert(node.start, `{if(!${this.#addMutant(this.#text(node), "", node.start)}){`, node.end, "}}");
  }

  /** Calls another method, or none. */
  #mutateCall(node: Node): void {
    const callee = node["callee"] as Node;
    const name = callee.type === "MemberExpression" ? this.#text(callee["property"] as Node) : "";
    if (!Object.hasOwn(METHODS, name)) return;
    const other = METHODS[name];
    if (other === undefined) return this.#replace(node, this.#text(callee["object"] as Node));
    const { start, end } = callee["property"] as Node;
    this.#replace(node, this.#code.slice(node.start, start) + other + this.#code.slice(end, node.end));
  }

  #replaceOperator(node: Node, operator: string): void {
    const [left, right] = [node["left"], node["right"]] as [Node, Node];
    const between = this.#code.slice(left.end, right.start).replace(String(node["operator"]), operator);
    this.#replace(node, this.#code.slice(node.start, left.end) + between + this.#code.slice(right.start, node.end));
  }

  #replace(node: Node, replacement: string): void {
    const mutant = this.#addMutant(this.#text(node), replacement, node.start);
    this.#insert(node.start, `(${mutant}?(${replacement}):(`, node.end, "))");
  }

  /** Returns the condition for code that runs only while the mutant is switched on. */
  #addMutant(original: string, replacement: string, at: number): string {
    const id = this.#mutants.length;
    this.#mutants.push({ id, line: this.#code.slice(0, at).split("\n").length, original, replacement });
    return `__mutant(${id})`;
  }

  #insert(start: number, before: string, end: number, after: string): void {
    this.#starts.set(start, [...(this.#starts.get(start) ?? []), before]);
    this.#ends.set(end, [after, ...(this.#ends.get(end) ?? [])]);
  }

  #text({ start, end }: Node): string {
    return this.#code.slice(start, end);
  }
}

/** The nodes below a node, without types, names of properties, labels and destructured names. */
function* expressionsIn(node: Node): Iterable<Node> {
  for (const [key, child] of Object.entries(node)) {
    if (TYPE_KEYS.test(key) || key === "label" || key === "params") continue;
    if (key === "key" && node["computed"] !== true) continue;
    for (const each of Array.isArray(child) ? (child as unknown[]) : [child]) if (isNode(each)) yield each;
  }
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
