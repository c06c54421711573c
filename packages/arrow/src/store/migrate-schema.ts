import { renamedComponent } from "@rerun-ts/core/rrd";
import { Field, Schema } from "apache-arrow";

/** The schema of a chunk of Rerun 0.24 or newer, with the names of Rerun 0.41. */
export function migrateSchema(schema: Schema): Schema {
  const fields = schema.fields.map(migrateField);
  return fields.every((field, index) => field === schema.fields[index]) ? schema : new Schema(fields, schema.metadata);
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
