import { docBlock, type Imports } from "./code.ts";
import { GapError, type Gap } from "./gaps.ts";
import type { ArchetypeDefinition, ArchetypeOverride, Definitions, Import } from "./model.ts";
import { camelCase, shortName } from "./names.ts";
import { inputOf } from "./type-files.ts";
import { fieldValue } from "./value-types.ts";

/** The values from which the generator writes the files of an archetype. */
export interface ArchetypePlan {
  readonly name: string;
  readonly all: readonly FieldPlan[];
  /** The fields that are positional constructor arguments. */
  readonly positional: readonly FieldPlan[];
  readonly others: readonly FieldPlan[];
  readonly override: ArchetypeOverride;
  /** Whether the type of its options is hand-written. */
  readonly hasOwnOptions: boolean;
}

export interface FieldPlan {
  /** The name in TypeScript. */
  readonly name: string;
  /** Rerun's name. */
  readonly nativeName: string;
  /** The short name of its component. */
  readonly component: string;
  /** The component's name in the archetype's file, where the archetype may have the same name. */
  readonly alias: string;
  readonly isRequired: boolean;
  readonly doc: string;
  /** The TypeScript type of the field's values, and the imports of this type. */
  readonly input: string;
  readonly imports: readonly Import[];
  /** The TypeScript type of one value when a program reads the field, and the imports of this type. */
  readonly value: string;
  readonly valueImports: readonly Import[];
}

/** Plans the files of an archetype. */
export function planArchetype({ name, fields }: ArchetypeDefinition, definitions: Definitions): ArchetypePlan {
  const { components, overrides, docs } = definitions;
  const all = fields.map((field): FieldPlan => {
    const component = shortName(field.component);
    return {
      name: camelCase(field.name),
      nativeName: field.name,
      component,
      alias: component === name ? `${name}Component` : component,
      isRequired: isRequiredField(camelCase(field.name), field.required === true, overrides.archetypes[name]),
      doc: docs.archetype(name).field(field.name),
      ...inputOf(field.component, components),
      ...fieldValue(field.component, component === name ? `${name}Component` : component, components),
    };
  });
  const override = overrides.archetypes[name] ?? {};
  const positional = (override.positional ?? []).flatMap((argument) => all.filter((field) => field.name === argument));
  return {
    name,
    all,
    positional,
    others: all.filter((field) => !positional.includes(field)),
    override,
    hasOwnOptions: override.types?.includes(`${name}Options`) === true,
  };
}

/** Whether a program must give a field. */
function isRequiredField(field: string, isByRerun: boolean, { property, positional }: ArchetypeOverride = {}): boolean {
  return property === undefined ? isByRerun : property.isRequired === true && positional?.[0] === field;
}

/** The names of the types that are generated for an archetype. */
export function generatedTypes({ name, others, hasOwnOptions }: ArchetypePlan): string[] {
  return [...(hasOwnOptions || others.length === 0 ? [] : [`${name}Options`]), `${name}Fields`];
}

/** The declarations of those types. */
export function declareTypes(
  { name, all, positional, others, hasOwnOptions }: ArchetypePlan,
  imports: Imports,
): string[] {
  for (const { imports: needed } of all) imports.useAll(needed);
  const fieldsDoc = docBlock(
    `All fields of {@link ${name}}. \`null\` and \`[]\` clear a field, \`undefined\` leaves it unchanged.`,
  );
  if (hasOwnOptions || others.length === 0) {
    return [`${fieldsDoc}\nexport interface ${name}Fields ${body(all.map(optionalMember))}`];
  }
  const optionsDoc = docBlock(
    `Options of {@link ${name}}. \`null\` and \`[]\` clear a field, \`undefined\` leaves it unchanged.`,
  );
  const members = others.map((field) => (field.isRequired ? requiredMember(field) : optionalMember(field)));
  const options = `${optionsDoc}\nexport interface ${name}Options ${body(members)}`;
  if (others.some(({ isRequired }) => isRequired)) {
    if (positional.length > 0) throw new GapError([requiredBesides(name)]);
    imports.use("../../define/archetype.ts", "type AllOptional");
    return [options, `${fieldsDoc}\nexport type ${name}Fields = AllOptional<${name}Options>;`];
  }
  return [
    options,
    positional.length === 0
      ? `${fieldsDoc}\nexport type ${name}Fields = ${name}Options;`
      : `${fieldsDoc}\nexport interface ${name}Fields extends ${name}Options ${body(positional.map(optionalMember))}`,
  ];
}

function requiredBesides(name: string): Gap {
  return {
    file: "tools/codegen/overrides.ts",
    problem: `${name} has required fields besides its arguments`,
    todo: "make all required fields constructor arguments (`positional`)",
  };
}

function body(members: readonly string[]): string {
  return `{\n${members.join("\n")}\n}`;
}

function optionalMember({ doc, name, input }: FieldPlan): string {
  return `${docBlock(doc, [], "  ")}\n  ${name}?: ${input} | null | undefined;`;
}

function requiredMember({ doc, name, input }: FieldPlan): string {
  return `${docBlock(doc, [], "  ")}\n  ${name}: ${input} | null;`;
}
