import { PURE } from "./code.ts";
import { codecOf, keyOf } from "./codecs.ts";
import type { ArrowField, EnumValues, Import, StructOverride, TypeDefinition } from "./model.ts";
import { fileName, shortName } from "./names.ts";

/** The context in which the generator looks up the fields of structs and unions. */
export interface ObjectContext {
  readonly enums: ReadonlyMap<string, EnumValues>;
  /** The doc comment of a field or variant, by its name in Rerun. */
  readonly docs: (nativeName: string) => string;
}

/** The codec of a struct, and the properties of one value. */
export interface StructPlan {
  readonly expression: string;
  readonly imports: readonly Import[];
  readonly members: readonly DocumentedText[];
  /** The type of the field that alone may stand for the whole struct, if the struct has such a field. */
  readonly shorthandType: string | undefined;
  /** The type of other forms of a value. */
  readonly formsType: string | undefined;
}

/** The codec of a union, and the forms of one value. */
export interface UnionPlan {
  readonly expression: string;
  readonly imports: readonly Import[];
  readonly alternatives: readonly DocumentedText[];
}

interface DocumentedText {
  readonly doc: string;
  readonly text: string;
}

/** A field inside of a struct, a list or a union. */
interface NestedPlan {
  readonly expression: string;
  readonly imports: readonly Import[];
  readonly one: string;
  readonly oneImports: readonly Import[];
  /** Whether the values are the names of an enumeration. */
  readonly isEnum: boolean;
}

/** Plans a struct; throws if the type is not a struct. */
export function structPlan(
  { name, arrow }: TypeDefinition,
  { enums, docs }: ObjectContext,
  override: StructOverride | undefined,
): StructPlan {
  if (arrow.type !== "Struct") throw new Error(`${name} is not a struct`);
  const fields = arrow.fields.map((field) => structField(field, nestedPlan(field, enums), docs, override));
  const shorthand = arrow.fields.find((field) => field.name === override?.shorthand);
  const { forms } = override ?? {};
  const from = `../../codecs/${forms?.module}.ts`;
  const functions = forms === undefined ? [] : [forms.normalize, ...(forms.isOne === undefined ? [] : [forms.isOne])];
  return {
    imports: [
      ["../../codecs/structs.ts", "structs"],
      ...(forms === undefined ? [] : [[from, ...functions] satisfies Import, ...(forms.imports ?? [])]),
      ...fields.flatMap(({ imports }) => imports),
    ],
    formsType: forms?.type,
    members: fields.map(({ member }) => member),
    shorthandType: shorthand === undefined ? undefined : nestedPlan(shorthand, enums).one,
    expression: `structs<OneOrMany<${name}Like>>([\n${fields.map(({ line }) => line).join("\n")}\n]${formsOf(override)})`,
  };
}

/** The argument of `structs` that adds shorter forms, if there are any. */
function formsOf({ expected, shorthand, forms }: StructOverride = {}): string {
  const parts = [
    ...(expected === undefined ? [] : [`expected: ${JSON.stringify(`${expected}, `)}`]),
    ...(shorthand === undefined ? [] : [`shorthand: "${keyOf(shorthand)}"`]),
    ...(forms === undefined ? [] : [`normalize: ${forms.normalize}`]),
    ...(forms?.isOne === undefined ? [] : [`isOne: ${forms.isOne}`]),
  ];
  return parts.length === 0 ? "" : `, { ${parts.join(", ")} }`;
}

function structField(
  field: ArrowField,
  nested: NestedPlan,
  docs: ObjectContext["docs"],
  override: StructOverride | undefined,
): { readonly imports: readonly Import[]; readonly line: string; readonly member: DocumentedText } {
  const key = keyOf(field.name);
  const fallback = override?.fallbacks?.[field.name];
  // Rerun's unions represent null as a separate variant: a value is always present.
  const isUnion = field.type === "Union";
  const parts = [
    `name: "${key}"`,
    ...(key === field.name ? [] : [`nativeName: "${field.name}"`]),
    `codec: ${nested.expression}`,
    ...(field.nullable ? ["isNullable: true"] : []),
    ...(isUnion ? ["isRequired: true"] : []),
    ...(fallback === undefined ? [] : [`fallback: ${JSON.stringify(fallback)}`]),
  ];
  const takesNull = field.nullable && !isUnion;
  const isOptional = takesNull || fallback !== undefined;
  // If a program keeps an object in a constant, the compiler widens the names in it to `string`.
  const one = nested.isEnum ? `${nested.one} | (string & {})` : nested.one;
  const absent = `${takesNull ? " | null" : ""}${isOptional ? " | undefined" : ""}`;
  return {
    imports: [...nested.imports, ...nested.oneImports],
    line: `  { ${parts.join(", ")} },`,
    member: { doc: docs(field.name), text: `readonly ${key}${isOptional ? "?" : ""}: ${one}${absent};` },
  };
}

/** Plans a union; throws if the type is not a union. */
export function unionPlan({ name, arrow }: TypeDefinition, { enums, docs }: ObjectContext): UnionPlan {
  if (arrow.type !== "Union") throw new Error(`${name} is not a union`);
  const variants = arrow.fields
    .filter((variant) => variant.name !== "_null_markers")
    .map((variant) => {
      const key = keyOf(variant.name);
      const names = `name: "${key}", nativeName: "${variant.name}"`;
      const doc = docs(variant.name);
      if (variant.type === "Null")
        return { imports: [], line: `  { ${names} },`, alternative: { doc, text: `"${key}"` } };
      const { expression, imports, one, oneImports } = nestedPlan(variant, enums);
      return {
        imports: [...imports, ...oneImports],
        line: `  { ${names}, codec: ${expression} },`,
        alternative: { doc, text: `{ readonly ${key}: ${one} }` },
      };
    });
  return {
    imports: [["../../codecs/unions.ts", "unions"], ...variants.flatMap(({ imports }) => imports)],
    alternatives: variants.map(({ alternative }) => alternative),
    expression: `unions<OneOrMany<${name}Like>>([\n${variants.map(({ line }) => line).join("\n")}\n])`,
  };
}

function nestedPlan(field: ArrowField, enums: ObjectContext["enums"]): NestedPlan {
  if (field.type === "List" && field.encoding === undefined) {
    const { expression, imports, one, oneImports } = nestedPlan(field.item, enums);
    return {
      expression: `${PURE}listField(${expression})`,
      imports: [["../../codecs/lists.ts", "listField"], ...imports],
      one: one.includes("|") ? `readonly (${one})[]` : `readonly ${one}[]`,
      oneImports,
      isEnum: false,
    };
  }
  const name = field.encoding === undefined ? field.type : shortName(field.encoding);
  const { one, oneImports } = codecOf({ name, arrow: field, enum: enums.get(name) });
  return {
    expression: name,
    imports: [[`./${fileName(name)}.ts`, name]],
    one,
    isEnum: enums.has(name),
    oneImports: oneImports.map(([from, ...names]): Import => [from.replace("../encodings/", "./"), ...names]),
  };
}
