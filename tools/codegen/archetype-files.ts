import { declareTypes, generatedTypes, planArchetype, type ArchetypePlan, type FieldPlan } from "./archetype-plan.ts";
import { HEADER, Imports, PURE, docBlock, exportLine, lowerFirst } from "./code.ts";
import type {
  ArchetypeDefinition,
  ArchetypeDoc,
  ArchetypeOverride,
  Definitions,
  GeneratedFile,
  PropertyOverride,
} from "./model.ts";
import { constantName, fileName, snakeCase } from "./names.ts";

/**
 * The file of an archetype's field types, if hand-written code in `src/ext` needs them as well as the class does: so the
 * two do not import each other. `undefined` for all other archetypes, whose file of the class declares them.
 */
export function fieldsFile(definition: ArchetypeDefinition, definitions: Definitions): GeneratedFile | undefined {
  const plan = planArchetype(definition, definitions);
  if (plan.override.handWritten !== "expand") return undefined;
  const imports = new Imports();
  return file(definition.name, declareTypes(plan, imports), imports);
}

/** The file of an archetype's class. */
export function archetypeFile(definition: ArchetypeDefinition, definitions: Definitions): GeneratedFile {
  const { name, archetype } = definition;
  const plan = planArchetype(definition, definitions);
  const imports = new Imports();
  imports.use(
    "../../define/archetype.ts",
    "Archetype",
    "componentColumnsOf",
    "prepareArchetype",
    "nameArchetype",
    "updateOf",
  );
  imports.use(
    "../../define/archetype.ts",
    "type ArchetypeDefinition",
    "type ColumnsOf",
    "type ComponentsOf",
    "type FromFieldsOptions",
  );
  for (const { component, alias } of plan.all) {
    const imported = alias === component ? component : `${component} as ${alias}`;
    const module = plan.override.components?.[component] ?? `../components/${fileName(component)}.ts`;
    imports.use(module, imported);
  }
  if (plan.override.handWritten === "expand") imports.use(`../fields/${fileName(name)}.ts`, `type ${name}Fields`);
  const types = plan.override.handWritten === "expand" ? [] : declareTypes(plan, imports);
  const parts = [
    ...types,
    constantOf(plan, archetype),
    classOf(plan, definition, definitions.docs.archetype(name), imports),
  ];
  return file(name, parts, imports);
}

function file(name: string, parts: readonly string[], imports: Imports): GeneratedFile {
  return { name: fileName(name), content: `${HEADER}${imports.toString()}\n${parts.join("\n\n")}\n` };
}

function constantOf({ name, all, positional, others, override }: ArchetypePlan, archetype: string): string {
  const isPositional = positional.length > 0 && override.property === undefined;
  return `const ${constantName(name)}: ArchetypeDefinition<"${archetype}"> = ${PURE}prepareArchetype(
  "${archetype}",
  [
${(isPositional ? [...positional, ...others] : all).map(fieldLine).join("\n")}
  ],
  ${isPositional},
${formsLine(override)});`;
}

/** The argument that tells how options differ from fields, if they do. */
function formsLine({ alsoOptions, notOptions, ignoredOptions, hasOptionalOptions }: ArchetypeOverride): string {
  const parts = [
    ...(alsoOptions === undefined ? [] : [`also: ${JSON.stringify(alsoOptions)}`]),
    ...(notOptions === undefined ? [] : [`not: ${JSON.stringify(notOptions)}`]),
    ...(ignoredOptions === undefined ? [] : [`ignored: ${JSON.stringify(ignoredOptions)}`]),
    ...(hasOptionalOptions === true ? ["isOptional: true"] : []),
  ];
  return parts.length === 0 ? "" : `  { ${parts.join(", ")} },\n`;
}

function fieldLine({ name, nativeName, alias, isRequired }: FieldPlan): string {
  if (nativeName !== snakeCase(name)) throw new Error(`${name} is not the camel case of ${nativeName}`);
  return `    ["${name}", ${alias}${isRequired ? ', "required"' : ""}],`;
}

/** The names that every class of an archetype has already. */
const STATIC_NAMES = ["name", "length", "prototype", "archetype", "fromFields", "cleared", "columns"];

/** The constants of the fields. Layouts are not read by their fields, so their archetypes have none. */
function fieldsOf({ all }: ArchetypePlan, { archetype, scope }: ArchetypeDefinition, imports: Imports): string {
  if (scope !== undefined) return "";
  imports.use("../../define/archetype.ts", "type TypedField");
  const members = all.map((field) => {
    imports.useAll(field.valueImports);
    const member = STATIC_NAMES.includes(field.name) ? `${field.name}Field` : field.name;
    const type = `TypedField<${field.value}, "${archetype}", "${field.name}">`;
    return `
${docBlock(field.doc, [], "  ")}
  declare static readonly ${member}: ${type};
`;
  });
  return members.join("");
}

function classOf(plan: ArchetypePlan, definition: ArchetypeDefinition, doc: ArchetypeDoc, imports: Imports): string {
  const { archetype } = definition;
  const { name, override, hasOwnOptions } = plan;
  const constant = constantName(name);
  const examples = doc.examples.flatMap((lines) => ["", "@example", ...lines]);
  const parameters = override.handWritten === "class" && hasOwnOptions ? "<Options extends object>" : "";
  return `${docBlock(doc.summary, examples)}
export class ${name}${parameters} extends Archetype<"${archetype}"> {
  /** The full name of the archetype. */
  static readonly archetype: "${archetype}" = ${PURE}nameArchetype(${constant}, this);
${fieldsOf(plan, definition, imports)}
${constructorOf(plan, imports)}

  /** Updates the given fields only: the others keep the values that were logged before. */
  static fromFields(fields: ${name}Fields, options?: FromFieldsOptions): ComponentsOf<"${archetype}"> {
    return updateOf(${constant}, fields, options);
  }

  /** Clears all fields. */
  static cleared(): ComponentsOf<"${archetype}"> {
    return updateOf(${constant}, {}, { clearUnset: true });
  }

  /** Columns for \`sendColumns\`: ${override.columns?.doc ?? "one instance in each row"}, unless \`partition\` is called. */
  static columns(fields: ${override.columns?.type ?? `${name}Fields`}): ColumnsOf<"${archetype}"> {
    return componentColumnsOf(${constant}, fields);
  }
${expandOf(plan, imports)}}`;
}

function constructorOf(plan: ArchetypePlan, imports: Imports): string {
  const { name, positional, others, override, hasOwnOptions } = plan;
  const constant = constantName(name);
  const optionsType = optionsTypeOf(plan, imports);
  const { argument } = override;
  if (argument !== undefined) {
    imports.useAll(argument.imports);
    imports.use("../../define/archetype.ts", "withArguments");
    return `${docBlock(`@param ${argument.name} ${argument.doc}`, [], "  ")}
  constructor(${argument.name}: ${argument.type}, options?: ${optionsType}) {
    super(${constant}, undefined, withArguments(options, { ${argument.name} }));
  }`;
  }
  const [first] = positional;
  if (override.property !== undefined && first !== undefined) {
    return propertyConstructorOf(plan, first, override.property, imports);
  }
  for (const { imports: needed } of positional) imports.useAll(needed);
  const parameters = positional.map((field) => `${field.name}: ${field.input} | null`);
  const hasOptions = hasOwnOptions || others.length > 0;
  const isOptional = hasOwnOptions ? override.hasOptionalOptions === true : others.every((field) => !field.isRequired);
  if (hasOptions) parameters.push(`options${isOptional ? "?" : ""}: ${optionsType}`);
  const [leading, ...more] = positional.map((field) => field.name);
  if (more.length > 0) imports.use("../../define/archetype.ts", "withArguments");
  return `${parameterDocs(positional)}  constructor(${parameters.join(", ")}) {
    super(${constant}, ${leading ?? "undefined"}, ${passedOptions(more, hasOptions, override.hasOptionalOptions)});
  }`;
}

/** The constructor of a property, whose first argument is the value of a field or an object with all fields. */
function propertyConstructorOf(
  { name, others }: ArchetypePlan,
  field: FieldPlan,
  { isRequired = false, type = field.input, imports: needed = field.imports, ...forms }: PropertyOverride,
  imports: Imports,
): string {
  imports.useAll(needed);
  const doc = `${lowerFirst(forms.doc ?? field.doc).replace(/\.$/, "")}; or all fields as an object`;
  const parameters = [
    `${field.name}${isRequired ? "" : "?"}: ${type} | ${name}Fields | null`,
    ...(others.length > 0 ? [`options?: ${name}Options`] : []),
  ];
  const options = others.length > 0 ? "options" : "undefined";
  const key = forms.valueKey === undefined ? "" : `, "${forms.valueKey}"`;
  let fields = `propertyFields("${field.name}", ${field.name}, ${options}${key})`;
  if (forms.fieldsOf === undefined) imports.use("../../define/property-fields.ts", "propertyFields");
  else {
    imports.use(`../../ext/${fileName(name)}.ts`, forms.fieldsOf);
    fields = `${forms.fieldsOf}(${field.name}, ${options})`;
  }
  return `${docBlock(`@param ${field.name} ${doc}`, [], "  ")}
  constructor(${parameters.join(", ")}) {
    super(${constantName(name)}, undefined, ${fields});
  }`;
}

/** A hand-written class that extends the generated one supplies the type of its options as a type argument. */
function optionsTypeOf({ name, override, hasOwnOptions }: ArchetypePlan, imports: Imports): string {
  if (!hasOwnOptions) return `${name}Options`;
  if (override.handWritten === "class") return "Options";
  imports.use(`../../ext/${fileName(name)}.ts`, `type ${name}Options`);
  return `${name}Options`;
}

/** What the constructor passes on as options: positional arguments after the first are among them. */
function passedOptions(more: readonly string[], hasOptions: boolean, hasOptionalOptions = false): string {
  if (more.length > 0) return `withArguments(options, { ${more.join(", ")} })`;
  if (!hasOptions) return "undefined";
  return hasOptionalOptions ? "options ?? {}" : "options";
}

function parameterDocs(positional: readonly FieldPlan[]): string {
  const [first, ...more] = positional.map(({ name, doc }) => `@param ${name} ${lowerFirst(doc)}`);
  if (first === undefined) return "";
  if (more.length === 0) return `${docBlock(first, [], "  ")}\n`;
  return `  /**\n${[first, ...more].map((line) => `   * ${line}\n`).join("")}   */\n`;
}

/** The method that turns conveniences into fields, if the archetype has any. */
function expandOf({ name, override }: ArchetypePlan, imports: Imports): string {
  const { handWritten, implied } = override;
  if (implied === undefined && handWritten !== "expand") return "";
  imports.use("../../define/archetype.ts", "type FieldValues");
  if (implied === undefined) {
    imports.use(`../../ext/${fileName(name)}.ts`, `expand${name}`);
    return `
  protected override expand(options: FieldValues): FieldValues {
    return expand${name}(options);
  }
`;
  }
  const { given, implies, value } = implied;
  return `
  /** As in the native SDKs: if \`${given}\` are given without \`${implies}\`, those are ${value}. */
  protected override expand(options: FieldValues): FieldValues {
    const isImplied = options.${given} !== undefined && options.${given} !== null && options.${implies} === undefined;
    return isImplied ? { ...options, ${implies}: ${value} } : options;
  }
`;
}

/** The list of all archetypes of a scope, with their types; `folder` has their files. */
export function archetypesIndex(
  archetypes: readonly ArchetypeDefinition[],
  folder: string,
  definitions: Definitions,
  has: (name: string) => boolean = () => true,
): string {
  const lines = archetypes.flatMap((definition) =>
    exportsOf(planArchetype(definition, definitions), folder)
      .map(([names, from]): [string[], string] => [names.filter(has), from])
      .filter(([names]) => names.length > 0)
      .map(([names, from]) => exportLine(names, from)),
  );
  return `${HEADER}${lines.join("\n")}\n`;
}

function exportsOf(plan: ArchetypePlan, folder: string): [names: string[], from: string][] {
  const { name, override } = plan;
  const asTypes = (names: readonly string[]): string[] => names.map((type) => `type ${type}`);
  const [generated, own] = [asTypes(generatedTypes(plan)), asTypes(override.types ?? [])];
  const path = `${fileName(name)}.ts`;
  if (override.handWritten === "class") {
    return [
      [generated, `./${folder}/${path}`],
      [[name, ...own], `../archetypes/${path}`],
    ];
  }
  if (override.handWritten === "expand") {
    return [
      [[name], `./${folder}/${path}`],
      [generated, `./fields/${path}`],
      [own, `../ext/${path}`],
    ];
  }
  return [[[name, ...generated], `./${folder}/${path}`]];
}
