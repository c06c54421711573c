import { type DataType, Field, List } from "apache-arrow";
import { getOrAdd } from "@rerun-ts/core/util";

/** Chunks share their schemas, so the same types come again and again. */
const lists = new WeakMap<DataType, List>();

/**
 * The type of a component's column whose instances have a type. Unlike by `listType`, instances that are lists become
 * lists of lists.
 */
export function listOfType(type: DataType): List {
  const list = getOrAdd(lists, type, () => new List(new Field("item", type, true)));
  return list;
}
