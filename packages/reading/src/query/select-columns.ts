import { describeValue, invalidArgument, argumentError } from "@rerun-ts/core/checks";
import type { ComponentColumn } from "../store/chunk-info.ts";
import { isProperty, type StoreIndex } from "../store/store-index.ts";
import { contentFilter } from "@rerun-ts/core/encode";
import type { QueriedKind, QueryOptions } from "./query-options.ts";

/**
 * The components that a query has as columns, in their order. For a live recording, these are the current ones.
 * @throws {TypeError} if an option is wrong
 */
export function selectColumns(
  store: StoreIndex,
  options: QueryOptions,
  isLive: boolean,
  what: QueriedKind = "recording",
): readonly ComponentColumn[] {
  const { columns, contents } = options;
  if (columns !== undefined) checkNames(store, columns, isLive, what);
  const names = new Set(columns);
  // A query that names the column of a property includes properties.
  const matches = contentFilter(contents ?? (columns === undefined ? undefined : ["/**", "/__properties/**"]));
  if (contents !== undefined && !isLive) checkMatches(store, contents, matches, what);
  return store.columns.filter((column) => {
    // First the cheap condition: a recording may have thousands of columns.
    if (columns !== undefined && !names.has(column.name)) return false;
    if (!matches(column.entityPath)) return false;
    if (columns !== undefined) return true;
    if (options.index === null && !column.isStatic) return false;
    if (column.isSemanticallyEmpty && options.includeSemanticallyEmptyColumns !== true) return false;
    return !column.isTombstone || options.includeTombstoneColumns === true;
  });
}

/** Checks that expressions match an entity: a misspelt one would give a table without rows. */
function checkMatches(
  store: StoreIndex,
  contents: QueryOptions["contents"],
  matches: (entityPath: string) => boolean,
  what: QueriedKind,
): void {
  const paths = [...new Set(store.columns.map(({ entityPath }) => entityPath))];
  // An empty list selects nothing on purpose.
  if (paths.length === 0 || contents?.length === 0 || paths.some(matches)) return;
  const some = paths.filter((path) => !isProperty(path)).slice(0, 5);
  const expressions = [contents ?? []].flat();
  const parent = expressions.find((path) => paths.some((below) => below.startsWith(`${path}/`)));
  const given = expressions.slice(0, 5).map(describeValue).join(", ");
  const advice = parent === undefined ? "" : `; ${parent}/** has all below ${parent}`;
  throw argumentError(
    "contents",
    `\`contents\` must match entities of the ${what}, such as ${some.join(", ")}, got ${given}${advice}`,
  );
}

function checkNames(store: StoreIndex, columns: readonly string[], isLive: boolean, what: QueriedKind): void {
  if (!Array.isArray(columns)) throw invalidArgument("columns", "an array of names", columns);
  const known = new Set<unknown>(store.columns.map((column) => column.name));
  for (const name of columns as readonly unknown[]) {
    if ((isLive && typeof name === "string") || known.has(name)) continue;
    const some = store.columns
      .filter(({ entityPath }) => !isProperty(entityPath))
      .slice(0, 5)
      .map((column) => column.name);
    throw argumentError(
      "columns",
      `\`columns\` must be names of columns, such as ${some.join(", ")}; the ${what} has no ${describeValue(name)}`,
    );
  }
}
