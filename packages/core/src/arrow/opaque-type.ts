import { childrenOf, arrowTypeKey, fieldKey } from "./arrow-type.ts";
import type { ArrowField, ArrowType, OpaqueType, PrimitiveType } from "./arrow-type.ts";
import type { FlatBufferWriter, FlatbufferSlot } from "./flatbuffer.ts";
import { TYPES, writeArrowFields, writeType } from "./schema.ts";

/** A parameter of a type: an integer and its width, a string, or a list of integers. `null` stands for the default. */
export type TypeParameter = readonly [kind: "u8" | "i16" | "i32", value: number] | string | readonly number[] | null;

/** Parts of an array of an opaque type. */
export interface OpaqueLayout {
  /** The number of the type in Arrow's format/Schema.fbs. For a dictionary, the number of its values' type. */
  readonly tag: number;
  readonly isDictionary: boolean;
  /** The children. For a dictionary, the children of its values' type. */
  readonly fields: readonly ArrowField[];
}

interface Description extends OpaqueLayout {
  /** Writes the table of the type. */
  readonly write: (out: FlatBufferWriter, from: number) => void;
}

const descriptions = new WeakMap<OpaqueType, Description>();

/** Number of dictionaries in the schema that is being written: their numbers are their ids. */
const dictionaryCounts = new WeakMap<FlatBufferWriter, number>();

function nextDictionary(out: FlatBufferWriter): number {
  const id = dictionaryCounts.get(out) ?? 0;
  dictionaryCounts.set(out, id + 1);
  return id;
}

/** Parts of an array of an opaque type. */
export function opaqueLayoutOf(type: OpaqueType): OpaqueLayout {
  return descriptionOf(type);
}

/** A type without a name in this SDK. @param tag its number in Arrow's format/Schema.fbs */
export function opaqueType(
  tag: number,
  parameters: readonly TypeParameter[],
  fields: readonly ArrowField[],
): OpaqueType {
  const key = `${tag}${JSON.stringify(parameters)}{${fields.map(fieldKey).join(",")}}`;
  const write = (out: FlatBufferWriter, from: number): void => writeParameters(out, from, parameters);
  return plainType(key, { tag, isDictionary: false, fields, write });
}

/** The same type for builders of other classes than this type has otherwise: columns cannot have both. */
export function asOpaque(type: ArrowType): OpaqueType {
  return "write" in type ? type : plainType(`vector ${arrowTypeKey(type)}`, descriptionOf(type));
}

function plainType(key: string, description: Description): OpaqueType {
  return describe(key, description, (out, from, field) => {
    const slots = writeField(out, from, field.nullable, description.tag, undefined);
    out.string(slots[0] as number, field.name);
    description.write(out, slots[3] as number);
    writeArrowFields(out, slots[5] as number, description.fields);
  });
}

/** A dictionary: distinct values, stored once, and indices into them. */
export function dictionaryType(values: ArrowType, indices: PrimitiveType, isOrdered: boolean): OpaqueType {
  const key = `${isOrdered ? "ordered " : ""}dictionary<${indices.type},${arrowTypeKey(values)}>`;
  const { tag, fields, write } = descriptionOf(values);
  return describe(key, { tag, isDictionary: true, fields, write }, (out, from, field) => {
    const slots = writeField(out, from, field.nullable, tag, ["ref"]);
    out.string(slots[0] as number, field.name);
    write(out, slots[3] as number);
    const encoding = out.table([["i64", nextDictionary(out)], ["ref"], ["u8", isOrdered ? 1 : 0]]);
    out.link(slots[4] as number, encoding);
    writeType(out, encoding.slots[1] as number, indices);
    writeArrowFields(out, slots[5] as number, fields);
  });
}

function describe(key: string, description: Description, write: OpaqueType["write"]): OpaqueType {
  const type: OpaqueType = { type: `opaque ${key}`, write };
  descriptions.set(type, description);
  return type;
}

function descriptionOf(type: ArrowType): Description {
  if ("write" in type) return descriptions.get(type) as Description;
  return {
    tag: TYPES[type.type].tag,
    isDictionary: false,
    fields: childrenOf(type),
    write: (out, from) => writeType(out, from, type),
  };
}

/** Writes the table of a field. Returns the positions of its slots. */
function writeField(
  out: FlatBufferWriter,
  from: number,
  nullable: boolean,
  tag: number,
  dictionary: FlatbufferSlot,
): readonly number[] {
  const table = out.table([["ref"], ["u8", nullable ? 1 : 0], ["u8", tag], ["ref"], dictionary, ["ref"]]);
  out.link(from, table);
  return table.slots;
}

function writeParameters(out: FlatBufferWriter, from: number, parameters: readonly TypeParameter[]): void {
  const table = out.table(parameters.map(slotOf));
  out.link(from, table);
  for (const [index, parameter] of parameters.entries()) {
    const slot = table.slots[index] as number;
    if (typeof parameter === "string") out.string(slot, parameter);
    else if (parameter !== null && !isNumber(parameter)) out.int32s(slot, parameter);
  }
}

function slotOf(parameter: TypeParameter): FlatbufferSlot {
  if (parameter === null) return undefined;
  return isNumber(parameter) ? parameter : ["ref"];
}

function isNumber(parameter: TypeParameter): parameter is readonly ["u8" | "i16" | "i32", number] {
  return typeof parameter === "object" && typeof parameter?.[0] === "string";
}
