import type { Schema } from "apache-arrow";
import { outputSchema } from "../query/output-schema.ts";
import type { ComponentColumn, IndexColumn } from "../store/chunk-info.ts";

/** The columns of a recording. */
export interface RecordingSchema {
  /** The timelines, sorted by name. */
  readonly indexes: readonly IndexColumn[];
  /** The components, sorted by entity, archetype and name. */
  readonly components: readonly ComponentColumn[];
  /** The paths of the entities, in the same order. */
  readonly entityPaths: readonly string[];
  /** The columns as an Arrow schema. */
  toArrow(): Schema;
}

/** The schema of these columns. */
export function recordingSchema(
  indexes: readonly IndexColumn[],
  components: readonly ComponentColumn[],
): RecordingSchema {
  return {
    indexes,
    components,
    entityPaths: [...new Set(components.map(({ entityPath }) => entityPath))],
    toArrow: () => outputSchema(indexes, components),
  };
}
