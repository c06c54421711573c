import { contentFilter } from "@rerun-ts/core/encode";
import type { QueryOptions } from "../query/query-options.ts";
import type { ComponentColumn } from "../store/chunk-info.ts";
import type { StoreIndex } from "../store/store-index.ts";

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
  const matches = filters.map((filter) => contentFilter(filter));
  return columns.filter(({ entityPath }) => matches.every((isMatch) => isMatch(entityPath)));
}
