import { HEADER, Imports, PURE, docBlock, exportLine } from "./code.mjs";
import { codecOf, hasOwnCodec, isObjectType, objectParts } from "./codecs.mjs";
import { fileName } from "./names.mjs";

/** The file of an encoding: what components share. */
export function encodingFile(definition, { docs, typescript, enums }) {
  const { name, encoding, enum: values } = definition;
  const doc = docs.encoding(name);
  if (values !== undefined) return enumFile(definition, encoding, doc);
  if (isObjectType(definition)) return objectFile(definition, doc, { enums, forms: typescript.structs[name] });
  return plainFile(definition, encoding, codecOf(definition), doc);
}

/** The file of a component. */
export function componentFile(definition, { docs }) {
  const { name, component, encoding, enum: values } = definition;
  const doc = docs.component(name);
  if (values !== undefined) return enumFile(definition, component, doc);
  if (encoding === undefined || hasOwnCodec(definition))
    return plainFile(definition, component, codecOf(definition), doc);
  const shared = shortName(encoding);
  const { many, manyImports } = codecOf({ ...definition, name: shared });
  const alias = shared === name ? `${shared}Encoding` : shared;
  const imports = new Imports();
  imports.useAll(manyImports);
  imports.use(`../encodings/${fileName(shared)}.ts`, alias === shared ? shared : `${shared} as ${alias}`);
  return file(name, imports, constant(name, component, many, alias, doc.summary, imports));
}

/** What an archetype's field of this component may be, and where that type comes from. */
export function inputOf(component, components) {
  const definition = components.get(component);
  const { name, encoding, enum: values } = definition;
  if (values !== undefined) {
    const { many, manyImports } = codecOf(definition);
    return { input: many, imports: manyImports };
  }
  const codecName = encoding === undefined || hasOwnCodec(definition) ? name : shortName(encoding);
  const { many, manyImports } = codecOf({ ...definition, name: codecName });
  return { input: many, imports: manyImports };
}

function plainFile({ name }, fullName, { expression, imports: needed, many, manyImports }, doc) {
  const imports = new Imports();
  imports.useAll(needed);
  imports.useAll(manyImports);
  return file(name, imports, constant(name, fullName, many, expression, doc.summary, imports));
}

function constant(name, fullName, input, encoding, summary, imports) {
  imports.use("../../define/encoding.ts", "defineComponent", "type Component");
  return `${docBlock(summary)}
export const ${name}: Component<${input}> = ${PURE}defineComponent("${fullName}", ${encoding});
`;
}

function enumFile({ name, arrow, enum: values }, fullName, { summary, values: meanings }) {
  const imports = new Imports();
  imports.use("../../define/encoding.ts", "type EnumComponent", "type EnumLike");
  imports.use("../../input/enums.ts", "defineEnum");
  const kind = arrow.type === "UInt8" ? "" : `, ${arrow.type.toUpperCase()}`;
  if (kind !== "") imports.use("../../input/numbers.ts", arrow.type.toUpperCase());
  const list = Object.keys(values).map((key) => `- \`${key}\`: ${lowerFirstSentence(meanings[key])}`);
  const names = Object.keys(values).map((key) => `"${key}"`);
  const numbers = Object.entries(values).map(([key, number]) => `  ${key}: ${number},`);
  const content = `${docBlock(summary, ["", ...list])}
export type ${name} = ${names.join(" | ")};

${docBlock(summary)}
export const ${name}: EnumComponent<${name}, EnumLike<${name}>> = ${PURE}defineEnum("${fullName}", {
${numbers.join("\n")}
}${kind});
`;
  return file(name, imports, content);
}

/** Structs and unions: the type of one value, and the encoding. */
function objectFile(definition, doc, more) {
  const { name, encoding } = definition;
  const parts = objectParts({ ...definition, docs: doc.field, ...more });
  const imports = new Imports();
  imports.useAll(parts.imports);
  imports.use("../../define/encoding.ts", "type OneOrMany");
  const type = `${name}Like`;
  const declared = parts.members === undefined ? unionType(type, doc, parts) : structType(type, doc, parts);
  const encoded = constant(name, encoding, `OneOrMany<${type}>`, `${PURE}${parts.expression}`, doc.summary, imports);
  return file(name, imports, `${declared}\n${encoded}`);
}

function structType(type, { summary }, { members, shorthandType }) {
  const body = (indent) => members.map(({ doc, text }) => `${docBlock(doc, [], indent)}\n${indent}${text}\n`).join("");
  if (shorthandType === undefined) return `${docBlock(summary)}\nexport interface ${type} {\n${body("  ")}}\n`;
  return `${docBlock(summary)}\nexport type ${type} =\n  | ${shorthandType}\n  | {\n${body("      ")}    };\n`;
}

function unionType(type, { summary }, { alternatives }) {
  const lines = alternatives.map(({ doc, text }) => `${docBlock(doc, [], "  ")}\n  | ${text}`);
  return `${docBlock(summary)}\nexport type ${type} =\n${lines.join("\n")};\n`;
}

function file(name, imports, content) {
  return { name: fileName(name), content: `${HEADER}${imports}\n${content}` };
}

/** The list of all names of a kind. */
export function typesIndex(definitions) {
  const lines = definitions.map((definition) => {
    const { name, encoding } = definition;
    const isOwnType = encoding?.endsWith(`.${name}`) && definition.component === undefined && isObjectType(definition);
    return exportLine([name, ...(isOwnType ? [`type ${name}Like`] : [])], `./${fileName(name)}.ts`);
  });
  return `${HEADER}${lines.join("\n")}\n`;
}

export function shortName(fullName) {
  return fullName.slice(fullName.lastIndexOf(".") + 1);
}

function lowerFirstSentence(text) {
  return text.endsWith(".") ? text : `${text}.`;
}
