import type { ArrowType, ComponentType } from "@rerun-ts/core";
import { forEachIndex, problemWith, typedArrayName } from "@rerun-ts/core/checks";
import type { ArrayBuilder } from "@rerun-ts/core/encode";

/**
 * A codec for values without a component type of Rerun: one for each Arrow type, used by `AnyValues` and `arrowBatch`.
 *
 * Unlike the codecs of Rerun's components, which have their own input types, it accepts anything and checks it against
 * the Arrow type: a value alone is one instance, each element of an array is one, and each may be null. Whether a typed
 * array is many values or one list is decided by {@link ValueForm.many}. Nested types are composed of the codecs of
 * their parts.
 */
export interface ValueCodec<Builder extends ArrayBuilder = ArrayBuilder>
  extends ComponentType<unknown>, ValueForm<Builder> {
  createBuilder(): Builder;
}

/** The parts that differ between the codecs: how single values are checked and written. */
export interface ValueForm<Builder extends ArrayBuilder> {
  /** The Arrow type of one value. */
  readonly arrow: ArrowType;
  /** Creates an empty array of values. */
  createBuilder(): Builder;
  /** Checks and appends one value, which is not null. Throws `InvalidValueError`. */
  one(value: unknown, target: Builder): void;
  /** Appends all elements of a typed array. Absent if a typed array is one value. Throws `InvalidValueError`. */
  many?(values: ArrayLike<unknown>, target: Builder): void;
}

/** Makes a codec for single values accept arrays, too. */
export function valueCodec<Builder extends ArrayBuilder>(form: ValueForm<Builder>): ValueCodec<Builder> {
  const codec: ValueCodec<Builder> = {
    ...form,
    append(values, target): void {
      if (Array.isArray(values) || (form.many !== undefined && isTypedArray(values))) appendAll(codec, values, target);
      else form.one(values, target as Builder);
    },
  };
  return codec;
}

/** Appends the values of a list. Each may be null unless `nullable` is false. */
export function appendAll(codec: ValueCodec, values: ArrayLike<unknown>, target: ArrayBuilder, nullable = true): void {
  if (codec.many !== undefined && isTypedArray(values)) return codec.many(values, target);
  forEachIndex(values.length, (index) => appendOne(codec, values[index], target, nullable));
}

/** Appends a value or null. */
export function appendOne(codec: ValueCodec, value: unknown, target: ArrayBuilder, nullable: boolean): void {
  if (value !== null && value !== undefined) return codec.one(value, target);
  if (!nullable) throw problemWith(undefined, `is ${String(value)}, but its type is not nullable: pass a value`);
  target.appendNull();
}

/** Whether a value is a typed array, including those of other realms. */
export function isTypedArray(value: unknown): value is ArrayLike<unknown> {
  return typedArrayName(value) !== undefined;
}
