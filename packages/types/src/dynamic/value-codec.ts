import type { ArrowType, ComponentType } from "@rerun-ts/core";
import { InvalidValue, forEachIndex, typedArrayName, type ArrayBuilder } from "@rerun-ts/core/internal";

/** A component type of values that come alone or in an array, each of which may be null: one codec for each Arrow type. */
export interface ValueCodec<Builder extends ArrayBuilder = ArrayBuilder>
  extends ComponentType<unknown>, ValueForm<Builder> {
  createBuilder(): Builder;
}

/** How single values are checked and written. */
export interface ValueForm<Builder extends ArrayBuilder> {
  readonly arrow: ArrowType;
  /** An empty array of values. */
  createBuilder(): Builder;
  /** Checks and appends one value, which is not null. Throws `InvalidValue`. */
  one(value: unknown, target: Builder): void;
  /** Appends all elements of a typed array, if such an array is not one value. Throws `InvalidValue`. */
  many?(values: ArrayLike<unknown>, target: Builder): void;
}

/** Makes a codec of a form. */
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

/** Appends the values of a list, of which each may be null unless they are said not to. */
export function appendAll(codec: ValueCodec, values: ArrayLike<unknown>, target: ArrayBuilder, nullable = true): void {
  if (codec.many !== undefined && isTypedArray(values)) return codec.many(values, target);
  forEachIndex(values.length, (index) => appendOne(codec, values[index], target, nullable));
}

/** Appends a value or null. */
export function appendOne(codec: ValueCodec, value: unknown, target: ArrayBuilder, nullable: boolean): void {
  if (value !== null && value !== undefined) return codec.one(value, target);
  if (!nullable) throw new InvalidValue("given, as its type is not nullable", String(value), false);
  target.appendNull();
}

/** Whether it is a typed array, also of another realm. */
export function isTypedArray(value: unknown): value is ArrayLike<unknown> {
  return typedArrayName(value) !== undefined;
}
