import type { TimeValue } from "@rerun-ts/core";
import { invalidArgument, isBigInt64Array, isMap } from "@rerun-ts/core/checks";
import { resolveSelection, type QueryOptions, type RowSelection, type StoreIndex } from "@rerun-ts/reading/query";

/** Index values of a query: for all segments, or by the id of the segment. */
export type CatalogIndexValues =
  | readonly TimeValue[]
  | BigInt64Array
  | Readonly<Record<string, readonly TimeValue[] | BigInt64Array>>
  | ReadonlyMap<string, readonly TimeValue[] | BigInt64Array>;

/** The rows that a query of a dataset asks for. */
export interface SegmentRows {
  /** The rows of all segments. Values in  replace its index values. */
  readonly selection: RowSelection;
  /** The index values of each segment. `undefined` if all segments have the same ones, or those of the data. */
  readonly bySegment: ReadonlyMap<string, BigInt64Array> | undefined;
}

/**
 * Checks the options of a query, and resolves its rows.
 * @throws {TypeError} if an option is wrong
 */
export function resolveRows(
  store: StoreIndex,
  options: Omit<QueryOptions, "usingIndexValues">,
  values: CatalogIndexValues | undefined,
): SegmentRows {
  if (values === undefined || Array.isArray(values) || isBigInt64Array(values)) {
    const usingIndexValues = values as QueryOptions["usingIndexValues"];
    return { selection: selectionOf(store, { ...options, usingIndexValues }), bySegment: undefined };
  }
  if (typeof values !== "object" || values === null)
    throw invalidArgument("usingIndexValues", "an array of times, or an object or a Map of them by segment", values);
  const entries = isMap(values) ? [...values] : Object.entries(values);
  const bySegment = new Map<string, BigInt64Array>();
  for (const [segment, own] of entries) {
    const { values: resolved } = selectionOf(store, { ...options, usingIndexValues: own });
    bySegment.set(segment, resolved ?? new BigInt64Array(0));
  }
  return { selection: selectionOf(store, options), bySegment };
}

/** The rows. A missing timeline only returns `undefined` for live recordings, and throws for a dataset. */
function selectionOf(store: StoreIndex, options: QueryOptions): RowSelection {
  return resolveSelection(store, options, false, "dataset") as RowSelection;
}
