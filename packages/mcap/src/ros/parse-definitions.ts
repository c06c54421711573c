import { RerunError } from "@rerun-ts/core";
import { messageOf } from "@rerun-ts/core/checks";
import { parse } from "@foxglove/rosmsg";
import type { WireFormat } from "./wire-reader.ts";

/** The definition of a ROS message. */
export type Definition = ReturnType<typeof parse>[number];
/** A field, or a constant, of a ROS message. */
export type DefinitionField = Definition["definitions"][number];

/** The byte that ROS 2 writes for a message without fields. */
const ONLY_MEMBER: DefinitionField = { type: "uint8", name: "structure_needs_at_least_one_member" };

/**
 * The definitions of a schema by their name, `package/Type`. The definition of the message itself has the name "". The
 * types of fields that are messages are names of definitions, as far as there are such.
 *
 * @param name the name of the message, whose package has the types that it names without one
 * @throws {RerunError} `UNSUPPORTED` if the text is not a definition
 */
export function parseDefinitions(schema: string, format: WireFormat, name: string): ReadonlyMap<string, Definition> {
  const isRos2 = format === "cdr";
  const { text, names } = isRos2 ? validNames(schema) : { text: schema, names: new Map<string, string>() };
  let parsed: readonly Definition[];
  try {
    // Its search for types stops where two packages have a type of the same name.
    parsed = parse(text, { ros2: isRos2, skipTypeFixup: true });
  } catch (error) {
    // Errors of the parser of ROS 1 go on with a picture of the line, and with all that it expects.
    const [reason, line] = messageOf(error).split(/\n\s*/);
    const place = line === undefined ? reason : `${reason} ${line}`;
    throw new RerunError("UNSUPPORTED", `the schema is not a ROS message definition: ${place}`, { cause: error });
  }
  const packages = new TypeNames(parsed, isRos2);
  const named = new Map<string, Definition>();
  for (const { name: full, definitions } of parsed) {
    const own = packageOf(withoutFolder(full ?? name));
    const fields = definitions.map((field) => ({
      ...field,
      name: names.get(field.name) ?? field.name,
      type: field.isComplex === true ? packages.resolve(field.type, own) : field.type,
    }));
    if (isRos2 && fields.every(({ isConstant }) => isConstant === true)) fields.push(ONLY_MEMBER);
    named.set(withoutFolder(full ?? ""), { definitions: fields });
  }
  return named;
}

/** The names of the types of a schema. */
class TypeNames {
  readonly #counts = new Map<string, number>();
  readonly #isRos2: boolean;

  constructor(parsed: readonly Definition[], isRos2: boolean) {
    this.#isRos2 = isRos2;
    for (const { name } of parsed) {
      const known = withoutFolder(name ?? "");
      this.#counts.set(known, (this.#counts.get(known) ?? 0) + 1);
    }
  }

  /**
   * The complete name of a type: of the same package, of another one that is named, or of the only one that has it.
   * @throws {RerunError} `UNSUPPORTED` if the schema has several of them
   */
  resolve(type: string, ownPackage: string): string {
    const name = withoutFolder(type);
    const candidates = name.includes("/") ? [name] : [`${ownPackage}/${name}`];
    // Of ROS 1, the type without a package is always that of `std_msgs`.
    if (name === "Header") candidates.splice(this.#isRos2 ? 1 : 0, 0, "std_msgs/Header");
    const found = candidates.find((candidate) => this.#counts.has(candidate)) ?? this.#only(name);
    if (found === undefined) return type;
    if (this.#counts.get(found) === 1) return found;
    throw new RerunError("UNSUPPORTED", `the schema has several different definitions of ${found}`);
  }

  /** The type of this name without a package, if exactly one package has it. */
  #only(name: string): string | undefined {
    const all = [...this.#counts.keys()].filter((full) => full.endsWith(`/${name}`));
    return all.length === 1 ? all[0] : undefined;
  }
}

/** The name `package/Type` of `package/msg/Type`. */
function withoutFolder(name: string): string {
  return name.replace("/msg/", "/");
}

function packageOf(name: string): string {
  return name.slice(0, Math.max(0, name.lastIndexOf("/")));
}

/** A line with a field or a constant: what is before its name, the name, and `=` if it is a constant. */
const LINE = /^(\s*[a-zA-Z][\w/]*(?:<=\d+)?(?:\[[^\]]*\])?\s+)(\w+)(\s*=)?/;
// Those of `parse` are equal, but take exponential time for a long name that breaks the rules.
const FIELD_NAME = /^[a-z][a-z0-9]*(?:_[a-z0-9]+)*$/;
const CONSTANT_NAME = /^[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*$/;

/**
 * A schema with names that `parse` accepts, and the original name of each replaced one. ROS 2 has rules for names that
 * other programs, which write messages of their own, break: Rerun reads names in camel case.
 */
function validNames(schema: string): { readonly text: string; readonly names: ReadonlyMap<string, string> } {
  const names = new Map<string, string>();
  const lines = schema.split("\n").map((line) => {
    const [start, before, name, equals] = LINE.exec(line) ?? [];
    if (start === undefined || before === undefined || name === undefined) return line;
    if ((equals === undefined ? FIELD_NAME : CONSTANT_NAME).test(name)) return line;
    // The values of constants are not used.
    if (equals !== undefined) return "";
    const valid = `rerun_replaced${names.size}`;
    names.set(valid, name);
    return `${before}${valid}${line.slice(start.length)}`;
  });
  return { text: lines.join("\n"), names };
}

/** Whether a message of ROS 2 has no fields. */
export function hasNoFields({ definitions }: Definition): boolean {
  return definitions.includes(ONLY_MEMBER);
}

const BYTE_TYPES: readonly string[] = ["uint8", "int8", "bool"];

/**
 * The type of a message that only has constants of one type of a byte: as in Rerun, it is an enum, whose value is the
 * byte that ROS 2 writes for it.
 */
export function enumType({ definitions }: Definition): string | undefined {
  const [constant, ...others] = definitions.filter((field) => field !== ONLY_MEMBER);
  if (constant === undefined || !definitions.includes(ONLY_MEMBER) || !BYTE_TYPES.includes(constant.type))
    return undefined;
  return others.every(({ type }) => type === constant.type) ? constant.type : undefined;
}
