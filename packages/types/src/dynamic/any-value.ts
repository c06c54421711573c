import type { ComponentBatch } from "@rerun-ts/core";

/**
 * What {@link AnyValues} takes. The values imply their Arrow type:
 *
 * | value | instances |
 * |---|---|
 * | number, or an array of them | Float64 |
 * | bigint(s) | Int64 |
 * | boolean(s), text(s) | Bool, Utf8 |
 * | a typed array | one for each element, of the array's own type |
 * | `ArrayBuffer`(s) | Binary, one for each buffer |
 * | `Date`(s), Temporal instants | Timestamp in nanoseconds |
 * | an array of arrays or of typed arrays | lists |
 * | a plain object, or an array of them | structs; a key that is missing is null |
 * | `rr.components.X.batch(…)`, `rr.arrowBatch(type, …)` | as they say |
 *
 * `null` among values is a null. `null` alone and `[]` clear the component.
 */
export type AnyValue = number | bigint | boolean | string | object | null | undefined;

/** Options of {@link AnyValues}, {@link DynamicArchetype} and {@link AnyBatchValue}. */
export interface AnyValuesOptions {
  /**
   * Leave out what is null or empty as long as the recording knows no type for it. Default `true`; `false` reports it.
   */
  dropUntypedNulls?: boolean | undefined;
}

/** The value if it is a batch, which tells its type itself. */
export function asBatch(value: unknown): ComponentBatch | undefined {
  if (typeof value !== "object" || value === null || !("type" in value) || !("values" in value)) return undefined;
  const { type } = value;
  if (typeof type !== "object" || type === null || !("createBuilder" in type) || !("append" in type)) return undefined;
  return value as ComponentBatch;
}
