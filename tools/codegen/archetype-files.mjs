import { HEADER, Imports, PURE, docBlock, exportLine, lowerFirst } from "./code.mjs";
import { camelCase, constantName, fileName } from "./names.mjs";
import { inputOf, shortName } from "./type-files.mjs";

/** What the generator must know of an archetype besides its fields. */
function planOf({ name, fields }, { components, typescript, docs }) {
  const all = fields.map((field) => ({
    name: camelCase(field.name),
    nativeName: field.name,
    component: shortName(field.component),
    // A component of the archetype's own name needs another one here.
    alias: shortName(field.component) === name ? `${name}Component` : shortName(field.component),
    isRequired: field.required === true,
    doc: docs.archetype(name).field(field.name),
    ...inputOf(field.component, components),
  }));
  const { first, hasOptionalOptions } = typescript.extended[name] ?? {};
  const positional = (typescript.positional[name] ?? []).map((positionalName) => {
    const field = all.find((candidate) => candidate.name === positionalName);
    if (field === undefined) throw new Error(`${name} has no field ${positionalName}`);
    return field;
  });
  return {
    all,
    positional,
    others: all.filter((field) => !positional.includes(field)),
    first,
    hasOptionalOptions,
    hasOwnOptions: typescript.extended[name]?.types.includes(`${name}Options`) === true,
  };
}

/** The file of an archetype: its fields and its class. */
export function archetypeFile(definition, definitions) {
  const { name, archetype } = definition;
  const { typescript, docs } = definitions;
  const doc = docs.archetype(name);
  const plan = planOf(definition, definitions);
  const imports = new Imports();
  imports.use("@rerun-ts/core", "type AsComponents", "type ComponentColumnList");
  imports.use("../../define/archetype.ts", "Archetype", "columnsOf", "defineArchetype", "updateOf");
  imports.use("../../define/archetype.ts", "type ArchetypeDefinition", "type FromFieldsOptions");
  for (const { component, alias, imports: needed } of plan.all) {
    imports.useAll(needed);
    const imported = alias === component ? component : `${component} as ${alias}`;
    imports.use(`../components/${fileName(component)}.ts`, imported);
  }
  const constant = constantName(name);
  const content = [
    ...interfacesOf(name, plan, imports),
    `const ${constant}: ArchetypeDefinition = ${PURE}defineArchetype(
  "${archetype}",
  [
${[...plan.positional, ...plan.others].map(fieldLine).join("\n")}
  ],
  ${plan.positional.length > 0},
);`,
    classOf({ name, constant, doc, plan, typescript, imports }),
  ];
  return { name: fileName(name), content: `${HEADER}${imports}\n${content.join("\n\n")}\n` };
}

function fieldLine({ name, nativeName, alias, isRequired }) {
  return `    ["${name}", "${nativeName}", ${alias}${isRequired ? ', "required"' : ""}],`;
}

function interfacesOf(name, { all, positional, others, hasOwnOptions }, imports) {
  const clears = "`null` and `[]` clear";
  const fieldsDoc = docBlock(
    `All fields of {@link ${name}}, each optional: ${clears} it, \`undefined\` leaves it alone.`,
  );
  const optional = ({ doc, name: field, input }) =>
    `${docBlock(doc, [], "  ")}\n  ${field}?: ${input} | null | undefined;`;
  const required = ({ doc, name: field, input }) => `${docBlock(doc, [], "  ")}\n  ${field}: ${input} | null;`;
  const body = (members) => `{\n${members.join("\n")}\n}`;
  if (hasOwnOptions || others.length === 0) {
    return [`${fieldsDoc}\nexport interface ${name}Fields ${body(all.map(optional))}`];
  }
  const optionsDoc = docBlock(`Options of {@link ${name}}: ${clears} a field, \`undefined\` leaves it alone.`);
  const members = others.map((field) => (field.isRequired ? required(field) : optional(field)));
  const options = `${optionsDoc}\nexport interface ${name}Options ${body(members)}`;
  if (others.some(({ isRequired }) => isRequired)) {
    if (positional.length > 0) throw new Error(`${name} has required fields besides its arguments`);
    imports.use("../../define/archetype.ts", "type AllOptional");
    return [options, `${fieldsDoc}\nexport type ${name}Fields = AllOptional<${name}Options>;`];
  }
  if (positional.length === 0) return [options, `${fieldsDoc}\nexport type ${name}Fields = ${name}Options;`];
  return [
    options,
    `${fieldsDoc}\nexport interface ${name}Fields extends ${name}Options ${body(positional.map(optional))}`,
  ];
}

function classOf({ name, constant, doc, plan, typescript, imports }) {
  const examples = doc.examples.flatMap((lines) => ["", "@example", ...lines]);
  return `${docBlock(doc.summary, examples)}
export class ${name} extends Archetype {
  /** The archetype's full name. */
  static readonly archetype: string = ${constant}.archetype;

${constructorOf({ name, constant, plan, imports })}

  /** Writes only the fields that are given: the others keep what was logged before. */
  static fromFields(fields: ${name}Fields, options?: FromFieldsOptions): AsComponents {
    return updateOf(${constant}, fields, options);
  }

  /** Clears all fields. */
  static cleared(): AsComponents {
    return updateOf(${constant}, {}, { clearUnset: true });
  }

  /** Columns for \`sendColumns\`: one instance per row unless partitioned. */
  static columns(fields: ${name}Fields): ComponentColumnList {
    return columnsOf(${constant}, fields);
  }
${expandOf(name, typescript, imports)}}`;
}

function constructorOf({ name, constant, plan, imports }) {
  const { positional, others, first, hasOwnOptions, hasOptionalOptions } = plan;
  if (hasOwnOptions) imports.use(`../../ext/${fileName(name)}.ts`, `type ${name}Options`);
  if (first !== undefined) {
    imports.useAll(first.imports);
    imports.use(`../../ext/${fileName(name)}.ts`, `type ${name}Options`);
    return `  /** @param ${first.name} ${first.doc} */
  constructor(${first.name}: ${first.type}, options?: ${name}Options) {
    super(${constant}, undefined, { ...options, ${first.name} });
  }`;
  }
  const docs = positional.map(({ name: field, doc }) => `@param ${field} ${lowerFirst(doc)}`);
  const parameters = positional.map(({ name: field, input }) => `${field}: ${input} | null`);
  const isOptional = hasOwnOptions ? hasOptionalOptions : others.every(({ isRequired }) => !isRequired);
  if (hasOwnOptions || others.length > 0) parameters.push(`options${isOptional ? "?" : ""}: ${name}Options`);
  const [leading, ...more] = positional.map(({ name: field }) => field);
  const options =
    more.length > 0
      ? `{ ...options, ${more.join(", ")} }`
      : parameters.length > positional.length
        ? hasOptionalOptions
          ? "options ?? {}"
          : "options"
        : "undefined";
  const comment =
    docs.length === 0
      ? ""
      : docs.length === 1
        ? `${docBlock(docs[0], [], "  ")}\n`
        : `  /**\n${docs.map((line) => `   * ${line}\n`).join("")}   */\n`;
  return `${comment}  constructor(${parameters.join(", ")}) {
    super(${constant}, ${leading ?? "undefined"}, ${options});
  }`;
}

/** The method by which conveniences become fields. */
function expandOf(name, typescript, imports) {
  const implied = typescript.implied[name];
  const isExtended = typescript.extended[name] !== undefined && typescript.extended[name].isBase !== true;
  if (implied === undefined && !isExtended) return "";
  imports.use("../../define/archetype.ts", "type FieldValues");
  if (isExtended) {
    imports.use(`../../ext/${fileName(name)}.ts`, `expand${name}`);
    return `
  protected override expand(options: FieldValues): FieldValues {
    return expand${name}(options);
  }
`;
  }
  const { given, implies, value } = implied;
  return `
  /** As in the native SDKs: where only \`${given}\` are given, \`${implies}\` is ${value}. */
  protected override expand(options: FieldValues): FieldValues {
    const isImplied = options.${given} !== undefined && options.${given} !== null && options.${implies} === undefined;
    return isImplied ? { ...options, ${implies}: ${value} } : options;
  }
`;
}

/** The list of all archetypes of a scope, with their types. */
export function archetypesIndex(archetypes, typescript) {
  const lines = archetypes.flatMap((definition) => {
    const { name } = definition;
    const own = ownTypeNames(name, typescript);
    const generated = typeNames(definition, typescript).filter((type) => !own.includes(type));
    const types = (names) => names.map((type) => `type ${type}`);
    // A class that is written by hand has the generated one as its base.
    const isBase = typescript.extended[name]?.isBase === true;
    const [here, byHand] = isBase ? [[], [name]] : [[name], []];
    const exported = [
      [[...here, ...types(generated)], `./${fileName(name)}.ts`],
      [[...byHand, ...types(own)], `../../ext/${fileName(name)}.ts`],
    ];
    return exported.filter(([names]) => names.length > 0).map(([names, from]) => exportLine(names, from));
  });
  return `${HEADER}${lines.join("\n")}\n`;
}

/** The types that come with an archetype's class. */
export function typeNames({ name, fields }, typescript) {
  const own = ownTypeNames(name, typescript);
  const isAllPositional = fields.length === (typescript.positional[name] ?? []).length;
  const options = own.length > 0 || isAllPositional ? [] : [`${name}Options`];
  return [...own, ...options, `${name}Fields`];
}

/** Those of them that are written by hand. */
function ownTypeNames(name, typescript) {
  return typescript.extended[name]?.types ?? [];
}
