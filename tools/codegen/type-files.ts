import { HEADER, Imports, PURE, docBlock, exportLine } from "./code.ts";
import { codecOf, hasOwnCodec, isObjectType, type CodecPlan } from "./codecs.ts";
import type {
  ArrowDefinition,
  ComponentDefinition,
  Definitions,
  EncodingDefinition,
  EnumValues,
  GeneratedFile,
  Import,
  TypeDefinition,
  TypeDoc,
} from "./model.ts";
import { fileName, shortName } from "./names.ts";
import { valueType } from "./value-types.ts";
import { structPlan, unionPlan, type StructPlan, type UnionPlan } from "./objects.ts";

/** The file of an encoding. */
export function encodingFile(definition: EncodingDefinition, definitions: Definitions): GeneratedFile {
  const { name, encoding, enum: values } = definition;
  const doc = definitions.docs.encoding(name);
  if (values !== undefined) return enumFile(definition, encoding, values, doc);
  if (isObjectType(definition)) return objectFile(definition, doc, definitions);
  return plainFile(definition, encoding, codecOf(definition), doc);
}

/** The file of a component. */
export function componentFile(definition: ComponentDefinition, { docs }: Definitions): GeneratedFile {
  const { name, component, encoding, enum: values } = definition;
  const doc = docs.component(name);
  if (values !== undefined) return enumFile(definition, component, values, doc);
  if (encoding === undefined || hasOwnCodec(definition))
    return plainFile(definition, component, codecOf(definition), doc);
  const shared = shortName(encoding);
  const { many, manyImports } = codecOf({ ...definition, name: shared });
  const alias = shared === name ? `${shared}Encoding` : shared;
  const imports = new Imports();
  imports.useAll(manyImports);
  imports.use(`../encodings/${fileName(shared)}.ts`, alias === shared ? shared : `${shared} as ${alias}`);
  return file(
    name,
    imports,
    constant({ name, fullName: component, input: many, codec: alias, doc, arrow: definition.arrow }, imports),
  );
}

/** The TypeScript type of an archetype's field of this component, and its imports. */
export function inputOf(
  component: string,
  components: Definitions["components"],
): { readonly input: string; readonly imports: readonly Import[] } {
  const definition = components.get(component);
  if (definition === undefined) throw new Error(`there is no component ${component}`);
  const { name, encoding, enum: values } = definition;
  if (values !== undefined) {
    const { many, manyImports } = codecOf(definition);
    return { input: many, imports: [...manyImports, [`../components/${fileName(name)}.ts`, `type ${name}`]] };
  }
  const codecName = encoding === undefined || hasOwnCodec(definition) ? name : shortName(encoding);
  const { many, manyImports } = codecOf({ ...definition, name: codecName });
  return { input: many, imports: manyImports };
}

function plainFile({ name, arrow }: TypeDefinition, fullName: string, codec: CodecPlan, doc: TypeDoc): GeneratedFile {
  const imports = new Imports();
  imports.useAll(codec.imports);
  imports.useAll(codec.manyImports);
  return file(
    name,
    imports,
    constant({ name, fullName, input: codec.many, codec: codec.expression, doc, arrow }, imports),
  );
}

interface ConstantPlan {
  readonly name: string;
  readonly fullName: string;
  /** The TypeScript type of its values. */
  readonly input: string;
  readonly arrow: ArrowDefinition;
  /** The expression of its codec. */
  readonly codec: string;
  readonly doc: TypeDoc;
}

function constant({ name, fullName, input, codec, doc, arrow }: ConstantPlan, imports: Imports): string {
  const value = valueType(arrow);
  imports.use("../../define/codec.ts", "defineComponent", "type Component");
  return `${docBlock(doc.summary)}
export const ${name}: Component<${input}, ${value}> = ${PURE}defineComponent("${fullName}", ${codec});
`;
}

function enumFile({ name, arrow }: TypeDefinition, fullName: string, values: EnumValues, doc: TypeDoc): GeneratedFile {
  const imports = new Imports();
  imports.use("../../define/codec.ts", "type EnumComponent", "type EnumLike");
  imports.use("../../codecs/enums.ts", "defineEnum");
  const kind = arrow.type === "UInt8" ? "" : `, ${arrow.type.toUpperCase()}`;
  if (kind !== "") imports.use("../../codecs/numbers.ts", arrow.type.toUpperCase());
  const list = Object.keys(values).map((key) => `- \`${key}\`: ${meaningOf(doc, key)}`);
  const names = Object.keys(values).map((key) => `"${key}"`);
  const numbers = Object.entries(values).map(([key, number]) => `  ${key}: ${number},`);
  const content = `${docBlock(doc.summary, ["", ...list])}
export type ${name} = ${names.join(" | ")};

${docBlock(doc.summary)}
export const ${name}: EnumComponent<${name}, EnumLike<${name}>> = ${PURE}defineEnum("${fullName}", {
${numbers.join("\n")}
}${kind});
`;
  return file(name, imports, content);
}

function meaningOf(doc: TypeDoc, key: string): string {
  const meaning = doc.value(key);
  return meaning.endsWith(".") ? meaning : `${meaning}.`;
}

/** The file of a struct or a union: the type of one value, and the encoding. */
function objectFile(definition: EncodingDefinition, doc: TypeDoc, { enums, overrides }: Definitions): GeneratedFile {
  const { name, encoding, arrow } = definition;
  const type = `${name}Like`;
  const context = { enums, docs: doc.field };
  const imports = new Imports();
  imports.use("../../define/codec.ts", "type OneOrMany");
  const write = ({ expression, imports: needed }: StructPlan | UnionPlan, declaration: string): GeneratedFile => {
    imports.useAll(needed);
    const plan = { name, fullName: encoding, input: `OneOrMany<${type}>`, codec: `${PURE}${expression}`, doc, arrow };
    return file(name, imports, `${declaration}\n${constant(plan, imports)}`);
  };
  if (arrow.type === "Union") {
    const plan = unionPlan(definition, context);
    return write(plan, unionType(type, doc, plan));
  }
  const plan = structPlan(definition, context, overrides.structs[name]);
  return write(plan, structType(type, doc, plan));
}

function structType(type: string, { summary }: TypeDoc, { members, shorthandType, formsType }: StructPlan): string {
  const body = (indent: string): string =>
    members.map(({ doc, text }) => `${docBlock(doc, [], indent)}\n${indent}${text}\n`).join("");
  const others = [shorthandType, formsType].filter((form) => form !== undefined);
  if (others.length === 0) return `${docBlock(summary)}\nexport interface ${type} {\n${body("  ")}}\n`;
  return `${docBlock(summary)}\nexport type ${type} =\n${others.map((form) => `  | ${form}\n`).join("")}  | {\n${body("      ")}    };\n`;
}

function unionType(type: string, { summary }: TypeDoc, { alternatives }: UnionPlan): string {
  const lines = alternatives.map(({ doc, text }) => `${docBlock(doc, [], "  ")}\n  | ${text}`);
  return `${docBlock(summary)}\nexport type ${type} =\n${lines.join("\n")};\n`;
}

function file(name: string, imports: Imports, content: string): GeneratedFile {
  return { name: fileName(name), content: `${HEADER}${imports.toString()}\n${content}` };
}

/** The list of all encodings or components; `folder` has their files. */
export function typesIndex(definitions: readonly (EncodingDefinition | ComponentDefinition)[], folder: string): string {
  const lines = definitions.map((definition) => {
    const { name } = definition;
    const hasType = !("component" in definition) && isObjectType(definition);
    return exportLine([name, ...(hasType ? [`type ${name}Like`] : [])], `./${folder}/${fileName(name)}.ts`);
  });
  return `${HEADER}${lines.join("\n")}\n`;
}
