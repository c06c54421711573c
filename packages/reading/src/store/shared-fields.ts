import { DataType, Schema, type Field } from "apache-arrow";
import { childFieldsOf, typeText } from "../arrays/layout.ts";
import { storedForm } from "../arrays/stored-types.ts";

/** The most fields and lists of fields that are remembered. */
const MAX_SHARED = 4096;
/** The most characters of their keys, because types and metadata may be of any size. */
const MAX_CHARACTERS = 8 * 1024 * 1024;

/**
 * Equal fields as the same objects. What is derived from the fields of one schema then serves for all others, such as
 * those of a thousand entities with the same components.
 */
export class SharedFields {
  readonly #fields = new Map<string, Field>();
  readonly #lists = new Map<string, Field[]>();
  #characters = 0;

  /** A schema with the same fields and metadata. */
  share(schema: Schema): Schema {
    const keys = schema.fields.map(fieldKey);
    const isShared = keys.every((key) => key !== undefined);
    const all = isShared ? keys.join("\n") : "";
    const known = isShared ? this.#lists.get(all) : undefined;
    if (known !== undefined) return new Schema(known, schema.metadata);
    const characters = keys.reduce((sum, key) => sum + (key?.length ?? 0), 0);
    const isFull = this.#fields.size + keys.length > MAX_SHARED || this.#lists.size === MAX_SHARED;
    if (isFull || this.#characters + characters > MAX_CHARACTERS) {
      this.#fields.clear();
      this.#lists.clear();
      this.#characters = 0;
    }
    this.#characters += characters;
    const fields = schema.fields.map((field, index) => this.#shared(field, keys[index]));
    if (isShared) this.#lists.set(all, fields);
    return new Schema(fields, schema.metadata);
  }

  #shared(field: Field, key: string | undefined): Field {
    if (key === undefined) return field;
    const known = this.#fields.get(key) ?? field;
    this.#fields.set(key, known);
    return known;
  }
}

/** A string that only equal fields have, or `undefined` for types with an identity of their own: dictionaries. */
function fieldKey({ name, type, nullable, metadata }: Field): string | undefined {
  if (DataType.isDictionary(type) || storedForm(type as DataType) !== undefined) return undefined;
  const children = childFieldsOf(type as DataType).map(fieldKey);
  if (children.includes(undefined)) return undefined;
  // The texts of children are not quoted again: that would double their length with each level.
  return `${JSON.stringify([name, typeText(type as DataType), nullable, ...metadata])}[${children.join()}]`;
}
