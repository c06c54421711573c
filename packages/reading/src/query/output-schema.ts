import { Field, Schema } from "apache-arrow";
import type { ComponentColumn, IndexColumn } from "../store/chunk-info.ts";

/** The schema of the batches of a query, in the form of Rerun's own query engine. */
export function outputSchema(timelines: readonly IndexColumn[], columns: readonly ComponentColumn[]): Schema {
  return new Schema([...timelines.map(indexField), ...columns.map(outputField)]);
}

function indexField({ name, type }: IndexColumn): Field {
  const metadata = new Map([
    ["rerun:index_name", name],
    ["rerun:kind", "index"],
  ]);
  return new Field(name, type, true, metadata);
}

/** The field of a component's column, with its metadata. */
function outputField(column: ComponentColumn): Field {
  const metadata = new Map<string, string>();
  if (column.archetype !== undefined) metadata.set("rerun:archetype", column.archetype);
  metadata.set("rerun:component", column.component);
  if (column.componentType !== undefined) metadata.set("rerun:component_type", column.componentType);
  metadata.set("rerun:entity_path", column.entityPath);
  if (column.isSemanticallyEmpty) metadata.set("rerun:is_semantically_empty", "true");
  if (column.isStatic) metadata.set("rerun:is_static", "true");
  if (column.isTombstone) metadata.set("rerun:is_tombstone", "true");
  metadata.set("rerun:kind", "data");
  return new Field(column.name, column.type, true, metadata);
}
