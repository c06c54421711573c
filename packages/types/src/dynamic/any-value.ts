import type { ComponentBatch } from "@rerun-ts/core";
import { checkOptions } from "@rerun-ts/core/checks";

/**
 * A value of {@link AnyValues}. Its JavaScript type determines the Arrow type:
 *
 * | value | instances |
 * |---|---|
 * | number, or an array of them | Float64 |
 * | bigint(s) | Int64 |
 * | boolean(s), string(s) | Bool, Utf8 |
 * | a typed array | one for each element, of the array's own type |
 * | `ArrayBuffer`(s) | Binary, one for each buffer |
 * | `Date`(s), Temporal instants | Timestamp in nanoseconds |
 * | an array of arrays or of typed arrays | lists |
 * | a plain object, or an array of them | structs; a key that is missing is null |
 * | `rr.components.X.batch(…)`, `rr.arrowBatch(type, …)` | of the type of the batch |
 *
 * `null` among values is a null. `null` alone and `[]` clear the component. An instance has at most 59 levels of lists
 * and structs, since Rerun reads no more.
 */
export type AnyValue = number | bigint | boolean | string | object | null | undefined;

/** Options of {@link AnyValues}, {@link DynamicArchetype} and {@link AnyBatchValue}. */
export interface AnyValuesOptions {
  /**
   * Whether null and empty values of a type not yet known are dropped. Default `true`. `false` reports them as invalid.
   */
  dropUntypedNulls?: boolean | undefined;
}

/** Checks the options when the values are logged. @throws {TypeError} which the recording reports */
export function checkAnyValuesOptions(owner: string, options: AnyValuesOptions | undefined): void {
  checkOptions(owner, options, { dropUntypedNulls: "boolean" });
}

/** The value if it is a batch, which has a type already. Otherwise `undefined`. */
export function asBatch(value: unknown): ComponentBatch | undefined {
  if (typeof value !== "object" || value === null || !("type" in value) || !("values" in value)) return undefined;
  const { type } = value;
  if (typeof type !== "object" || type === null || !("createBuilder" in type) || !("append" in type)) return undefined;
  return value as ComponentBatch;
}
