import type { ArrowType, ComponentBatch, ComponentType } from "@rerun-ts/core";
import { checkOptions } from "@rerun-ts/core/checks";
import { codecOf, type ArrowTypeLike } from "../codecs/values/arrow-codec.ts";

/** Options of {@link arrowBatch}. */
export interface ArrowBatchOptions {
  /** The full name of the component type, e.g. `my.Confidence`. Default: none. */
  componentType?: string | undefined;
}

/**
 * Values with an explicit Arrow type, for {@link AnyValues} and `componentBatches`. Use it if the values imply another
 * type.
 *
 * `values` is an array of instances, or one instance alone. Each may be null. Integers are numbers (also bigints, if
 * they have 64 bits), bytes are an `ArrayBuffer` or a view of one, times are `TimestampLike` and `DurationLike`,
 * structs are objects by field name, unions objects `{ variant: value }`. A typed array is many numbers, or one list.
 * Nothing is checked before it is logged.
 *
 * @example
 * rec.log("engine", new rr.AnyValues({ rpm: rr.arrowBatch("Int32", [900, 901]) }));
 */
export function arrowBatch(type: ArrowTypeLike, values: unknown, options?: ArrowBatchOptions): ComponentBatch {
  return {
    get type(): ComponentType {
      checkOptions("arrowBatch", options, { componentType: 1 });
      const known = typeOf(type);
      return options?.componentType === undefined ? known : { ...known, name: options.componentType };
    },
    values,
  };
}

/** The codecs of Arrow types that are objects. An entry lives as long as its type is referenced. */
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
