import { vectorBatch } from "@rerun-ts/reading";
import type { ComponentBatch } from "@rerun-ts/core";
import { Dictionary, Int32, Utf8, vectorFromArray } from "apache-arrow";

/** Instances of a dictionary type, as pyarrow calls it; `undefined` if it is another type. */
export function dictionaryBatch(type: string, instances: readonly unknown[]): ComponentBatch | undefined {
  if (type !== "dictionary<values=string, indices=int32, ordered=0>") return undefined;
  return vectorBatch(vectorFromArray(instances as string[], new Dictionary(new Utf8(), new Int32())));
}
