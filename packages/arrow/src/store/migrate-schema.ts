import { Field, Schema } from "apache-arrow";

/** Old names of component types, with the names of today. */
const TYPES: ReadonlyMap<string, string> = new Map([
  // Before Rerun 0.28.
  ["rerun.components.PoseTranslation3D", "rerun.components.Translation3D"],
  ["rerun.components.PoseRotationAxisAngle", "rerun.components.RotationAxisAngle"],
  ["rerun.components.PoseRotationQuat", "rerun.components.RotationQuat"],
  ["rerun.components.PoseScale3D", "rerun.components.Scale3D"],
  ["rerun.components.PoseTransformMat3x3", "rerun.components.TransformMat3x3"],
  // Before Rerun 0.30.
  ["rerun.components.SeriesVisible", "rerun.components.Visible"],
]);

/** Names of components before Rerun 0.28, with the names of today and their archetypes. */
const COMPONENTS: ReadonlyMap<string, { readonly component: string; readonly archetype: string }> = new Map([
  [
    "Transform3D:axis_length",
    { component: "TransformAxes3D:axis_length", archetype: "rerun.archetypes.TransformAxes3D" },
  ],
  ["CoordinateFrame:frame_id", { component: "CoordinateFrame:frame", archetype: "rerun.archetypes.CoordinateFrame" }],
]);

/** The schema of a chunk of Rerun 0.24 or newer, with the names of Rerun 0.41. */
export function migrateSchema(schema: Schema): Schema {
  const fields = schema.fields.map(migrateField);
  return fields.every((field, index) => field === schema.fields[index]) ? schema : new Schema(fields, schema.metadata);
}

/** A column with the names of Rerun 0.41; the same field if it has them. */
export function migrateField(field: Field): Field {
  const type = TYPES.get(field.metadata.get("rerun:component_type") ?? "");
  const renamed = COMPONENTS.get(field.metadata.get("rerun:component") ?? "");
  if (type === undefined && renamed === undefined) return field;
  const metadata = new Map(field.metadata);
  if (type !== undefined) metadata.set("rerun:component_type", type);
  if (renamed !== undefined)
    metadata.set("rerun:component", renamed.component).set("rerun:archetype", renamed.archetype);
  return new Field(renamed?.component ?? field.name, field.type, field.nullable, metadata);
}
