import { type DataType, Field, List } from "apache-arrow";

/** Chunks share their schemas, so the same types come again and again. */
const lists = new WeakMap<DataType, List>();

/**
 * The type of a component's column whose instances have a type. Unlike by `listType`, instances that are lists become
 * lists of lists.
 */
export function listOfType(type: DataType): List {
  let list = lists.get(type);
  if (list === undefined) lists.set(type, (list = new List(new Field("item", type, true))));
  return list;
}
