import { isLegacySchema, modernColumnMetadata, modernSchemaMetadata, renamedComponent } from "@rerun-ts/core/rrd";
import { Field, Schema } from "apache-arrow";

/** The schema of a chunk of Rerun 0.24 or newer, with the names of Rerun 0.41. */
export function migrateSchema(schema: Schema): Schema {
  const fields = schema.fields.map(migrateField);
  return fields.every((field, index) => field === schema.fields[index]) ? schema : new Schema(fields, schema.metadata);
}

/** The schema of a chunk, and its form in Rerun 0.41 if that is another one. */
export interface ModernSchema {
  /** The columns that the data of the chunk has. */
  readonly schema: Schema;
  /** The form of Rerun 0.41 of a chunk before Rerun 0.24. */
  readonly modern?: { readonly schema: Schema; readonly positions: readonly number[] } | undefined;
}

/** The schema of a chunk, with the names of Rerun 0.41. */
export function modernSchema(schema: Schema): ModernSchema {
  if (!isLegacySchema(schema.metadata)) return { schema: migrateSchema(schema) };
  const fields: Field[] = [];
  const positions: number[] = [];
  for (const [index, { name, type, nullable, metadata }] of schema.fields.entries()) {
    const own = modernColumnMetadata(name, metadata);
    if (own === undefined) continue;
    fields.push(migrateField(new Field(name, type, nullable, own)));
    positions.push(index);
  }
  const { dictionaries, metadataVersion } = schema;
  const modern = new Schema(fields, modernSchemaMetadata(schema.metadata), dictionaries, metadataVersion);
  return { schema, modern: { schema: modern, positions } };
}

/** A column with the names of Rerun 0.41. Returns the same field if the names are the same. */
export function migrateField(field: Field): Field {
  const known = {
    archetype: undefined,
    component: field.metadata.get("rerun:component") ?? "",
    componentType: field.metadata.get("rerun:component_type"),
  };
  const renamed = renamedComponent(known);
  if (renamed === known) return field;
  const { archetype, component, componentType } = renamed;
  const metadata = new Map(field.metadata);
  if (componentType !== undefined) metadata.set("rerun:component_type", componentType);
  if (archetype !== undefined) metadata.set("rerun:component", component).set("rerun:archetype", archetype);
  return new Field(archetype === undefined ? field.name : component, field.type, field.nullable, metadata);
}
