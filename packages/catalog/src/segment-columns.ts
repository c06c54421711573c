import { contentFilter } from "@rerun-ts/core/encode";
import { getOrAdd } from "@rerun-ts/core/util";
import { Field, Schema, Utf8, type Data } from "apache-arrow";
import { makeArray, type ComponentColumn } from "@rerun-ts/reading/chunks";
import type { OutputPlan, QueryOptions, StoreIndex } from "@rerun-ts/reading/query";

/** The column with the segment of each row. */
const SEGMENT = new Field("rerun_segment_id", new Utf8(), false);

/** A schema with the column of segments before the others. */
export function withSegment({ fields, metadata }: Schema): Schema {
  return new Schema([SEGMENT, ...fields], metadata);
}

/**
 * The contents to fetch: whole entities, unless columns are named. Clears of entities above count, too. Rerun's own
 * client does not fetch these, nor entities without a column unless nulls are filled.
 */
export function contentsOf(
  { dataset, columns, hidden }: OutputPlan & { readonly dataset: StoreIndex },
  options: QueryOptions,
): ReadonlyMap<string, ReadonlySet<string> | "all"> {
  const contents = new Map<string, Set<string> | "all">();
  if (options.columns === undefined) {
    const matches = contentFilter(options.contents);
    const isNarrow = options.fillAcrossClears === true && options.fillLatestAt !== true;
    for (const { entityPath } of isNarrow ? columns : dataset.columns)
      if (matches(entityPath)) contents.set(entityPath, "all");
    for (const { entityPath } of hidden) contents.set(entityPath, "all");
    return contents;
  }
  for (const { entityPath, component } of columns)
    (getOrAdd(contents, entityPath, () => new Set<string>()) as Set<string>).add(component);
  return contents;
}

/** The identity of a component's column. */
export function columnKey({ entityPath, component }: ComponentColumn): string {
  return `${entityPath}\0${component}`;
}

/** A column with the same text in each row. */
export function textColumn(text: string, rows: number): Data {
  const bytes = new TextEncoder().encode(text);
  const values = new Uint8Array(bytes.byteLength * rows);
  const offsets = new Int32Array(rows + 1);
  for (let row = 0; row < rows; row++) {
    values.set(bytes, row * bytes.byteLength);
    offsets[row + 1] = (row + 1) * bytes.byteLength;
  }
  return makeArray(new Utf8(), rows, { offsets, values });
}
