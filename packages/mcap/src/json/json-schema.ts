import { getOrAdd } from "@rerun-ts/core/util";
/** The part of a JSON schema that says which values there are. */
export interface JsonSchema {
  readonly type?: unknown;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly items?: JsonSchema;
  readonly oneOf?: unknown;
  readonly anyOf?: unknown;
  readonly allOf?: unknown;
  readonly const?: unknown;
  readonly enum?: unknown;
  readonly $ref?: unknown;
  readonly contentEncoding?: unknown;
}

/** A schema without references and choices, and the references around it. */
export interface PlainSchema {
  readonly schema: JsonSchema;
  /** `undefined` if values may have several types, or contain themselves. */
  readonly type: string | undefined;
  readonly references: ReadonlySet<string>;
}

/** The maximum number of references and choices from one schema to the next. */
const MAX_STEPS = 100;

/** The schemas in a text, which refer to each other. */
export class JsonSchemas {
  readonly #root: JsonSchema;
  /** The parts that were looked up, by their reference. */
  readonly #parts = new Map<string, JsonSchema>();

  constructor(root: JsonSchema) {
    this.#root = root;
  }

  /**
   * Follows the references of a schema to parts of the same text, and leaves out the choice of null, which every value
   * has.
   *
   * @param around the references that lead to `schema`: following them again would never end
   */
  plain(schema: JsonSchema, around: ReadonlySet<string>): PlainSchema {
    const references = new Set(around);
    let found = schema;
    for (let step = 0; step < MAX_STEPS && isObject(found); step++) {
      const reference = found.$ref;
      const next = typeof reference === "string" ? this.#partOf(reference) : onlyChoice(found);
      if (next === undefined) return { schema: found, type: typeOf(found), references };
      if (typeof reference === "string") {
        if (references.has(reference)) break;
        references.add(reference);
      }
      found = next;
    }
    return { schema: {}, type: undefined, references };
  }

  #partOf(reference: string): JsonSchema {
    const part = getOrAdd(this.#parts, reference, () => partOf(this.#root, reference));
    return part;
  }
}

/** The part of a schema at a JSON pointer: `#/$defs/Pose`. Source: RFC 6901. */
function partOf(root: JsonSchema, reference: string): JsonSchema {
  if (reference !== "#" && !reference.startsWith("#/")) return {};
  let part: unknown = root;
  for (const step of reference.split("/").slice(1)) {
    const key = unescaped(step).replaceAll("~1", "/").replaceAll("~0", "~");
    if (!isObject(part) || !Object.hasOwn(part, key)) return {};
    part = part[key];
  }
  return isObject(part) ? part : {};
}

function unescaped(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The one of several schemas that allows other values than null. `undefined` if `schema` has no such choice. */
function onlyChoice(schema: JsonSchema): JsonSchema | undefined {
  if (schema.type !== undefined || schema.properties !== undefined) return undefined;
  const choices = schema.anyOf ?? schema.oneOf ?? schema.allOf;
  if (!Array.isArray(choices)) return undefined;
  const others = choices.filter((choice: unknown) => !isObject(choice) || choice["type"] !== "null");
  const [only] = others as unknown[];
  return others.length === 1 && isObject(only) ? only : undefined;
}

function typeOf({ type, properties, oneOf, enum: values, const: value }: JsonSchema): string | undefined {
  if (typeof type === "string") return type;
  if (Array.isArray(type)) {
    const [only, more] = new Set(type.filter((each) => each !== "null").map(String));
    if (more === undefined) return only;
    return type.every((each) => ["integer", "number", "null"].includes(String(each))) ? "number" : undefined;
  }
  if (properties !== undefined) return "object";
  const constants: unknown[] = Array.isArray(oneOf)
    ? oneOf.map((one: unknown) => (isObject(one) ? one["const"] : undefined))
    : Array.isArray(values)
      ? values
      : [value ?? null];
  const present = constants.filter((constant) => constant !== null);
  if (present.length === 0) return undefined;
  if (present.every(Number.isInteger)) return "integer";
  return present.every((constant) => typeof constant === "string") ? "string" : undefined;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
