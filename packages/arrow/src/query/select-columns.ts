import { describeValue } from "@rerun-ts/core/internal";
import type { ComponentColumn } from "../store/chunk-info.ts";
import { isProperty, type StoreIndex } from "../store/store-index.ts";
import { contentFilter } from "./contents.ts";
import type { QueryOptions } from "./query-options.ts";

/**
 * The components that a query has as columns, in their order; of a live recording, those that it has by now.
 * @throws {TypeError} if an option is wrong
 */
export function selectColumns(store: StoreIndex, options: QueryOptions, isLive: boolean): readonly ComponentColumn[] {
  const { columns, contents } = options;
  if (columns !== undefined) checkNames(store, columns, isLive);
  const names = new Set(columns);
  // Who names a property's column wants it.
  const matches = contentFilter(contents ?? (columns === undefined ? undefined : ["/**", "/__properties/**"]));
  return store.columns.filter((column) => {
    if (!matches(column.entityPath)) return false;
    if (columns !== undefined) return names.has(column.name);
    if (options.index === null && !column.isStatic) return false;
    if (column.isSemanticallyEmpty && options.includeSemanticallyEmptyColumns !== true) return false;
    return !column.isTombstone || options.includeTombstoneColumns === true;
  });
}

function checkNames(store: StoreIndex, columns: readonly string[], isLive: boolean): void {
  if (!Array.isArray(columns))
    throw new TypeError(`\`columns\` must be an array of names, got ${describeValue(columns)}`);
  const known = new Set<unknown>(store.columns.map((column) => column.name));
  for (const name of columns as readonly unknown[]) {
    if ((isLive && typeof name === "string") || known.has(name)) continue;
    const some = store.columns
      .filter(({ entityPath }) => !isProperty(entityPath))
      .slice(0, 5)
      .map((column) => column.name);
    throw new TypeError(
      `\`columns\` must be names of columns, such as ${some.join(", ")}; the recording has no ${describeValue(name)}`,
    );
  }
}
