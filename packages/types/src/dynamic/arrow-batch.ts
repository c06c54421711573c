import type { ArrowType, ComponentBatch, ComponentType } from "@rerun-ts/core";
import { codecOf, type ArrowTypeLike } from "./arrow-codec.ts";

/** Options of {@link arrowBatch}. */
export interface ArrowBatchOptions {
  /** The full name of the component type, e.g. `my.Confidence`. Default: none. */
  componentType?: string | undefined;
}

/**
 * Values of an Arrow type that is told: for {@link AnyValues} and {@link componentBatches}, where the type that values
 * imply is not the one that is wanted.
 *
 * `values` is an array of instances, or one instance alone; each may be null. Integers are numbers (64 bits: also
 * bigints), bytes are an `ArrayBuffer` or a view of one, times are what `TimestampLike` and `DurationLike` say, structs
 * are objects by field name, unions objects `{ variant: value }`; typed arrays hold many numbers, or one list. Nothing is
 * checked before it is logged.
 *
 * @example
 * rec.log("engine", new rr.AnyValues({ rpm: rr.arrowBatch("Int32", [900, 901]) }));
 */
export function arrowBatch(type: ArrowTypeLike, values: unknown, options?: ArrowBatchOptions): ComponentBatch {
  return {
    get type(): ComponentType {
      const known = typeOf(type);
      return options?.componentType === undefined ? known : { ...known, name: options.componentType };
    },
    values,
  };
}

/** The codecs of types that are objects, as long as somebody holds them. */
const CODECS = /* @__PURE__ */ new WeakMap<ArrowType, ComponentType>();

function typeOf(type: ArrowTypeLike): ComponentType {
  if (typeof type === "string") return codecOf(type);
  let codec = CODECS.get(type);
  if (codec === undefined) {
    codec = codecOf(type);
    CODECS.set(type, codec);
  }
  return codec;
}
