import { contentFilter } from "@rerun-ts/core/encode";
import type { Field } from "apache-arrow";
import type { QueryOptions, StoreIndex } from "@rerun-ts/reading/query";
import { type ComponentColumn, migrateField } from "@rerun-ts/reading/chunks";

/** Expressions of entities, each of which narrows the others. */
export type ContentFilters = readonly (string | readonly string[])[];

/** The options of a query, with the entities that all filters match as its contents. */
export function narrowOptions<Options extends Pick<QueryOptions, "contents">>(
  options: Options,
  dataset: StoreIndex,
  filters: ContentFilters = [],
): Options {
  if (filters.length === 0) return options;
  const all = options.contents === undefined ? filters : [...filters, options.contents];
  const paths = matchingColumns(dataset, all).map(({ entityPath }) => entityPath);
  return { ...options, contents: [...new Set(paths)] };
}

/** The components of the entities that all filters match. */
export function matchingColumns({ columns }: StoreIndex, filters: ContentFilters): readonly ComponentColumn[] {
  const isMatch = matchOfAll(filters);
  return columns.filter(({ entityPath }) => isMatch(entityPath));
}

/** The columns of a schema that belong to no entity, or to one that all filters match. */
export function matchingFields(fields: readonly Field[], filters: ContentFilters): Field[] {
  const isMatch = matchOfAll(filters);
  return fields.filter((field) => {
    const entityPath = migrateField(field).metadata.get("rerun:entity_path");
    return entityPath === undefined || isMatch(entityPath);
  });
}

function matchOfAll(filters: ContentFilters): (entityPath: string) => boolean {
  const matches = filters.map((filter) => contentFilter(filter));
  return (entityPath) => matches.every((isMatch) => isMatch(entityPath));
}
