import { ComponentColumn } from "@rerun-ts/core";
import type { TypedField } from "@rerun-ts/types";
import type { DataType } from "apache-arrow";
import { chunkFromColumns } from "../chunks/new-chunk.ts";
import { typeText } from "../arrays/layout.ts";
import { listType } from "../store/arrow-types.ts";

const types = /* @__PURE__ */ new WeakMap<TypedField<unknown>, DataType>();

/** The Arrow type of the columns of a field. */
export function fieldType(field: TypedField<unknown>): DataType {
  let type = types.get(field);
  if (type === undefined) {
    const [column] = chunkFromColumns("/", { columns: [new ComponentColumn(field, [], [])] }).layout.components;
    if (column === undefined) throw new TypeError(`${field.label} has no Arrow type`);
    type = listType(column.field.type);
    types.set(field, type);
  }
  return type;
}

/** Whether two types have the same values: nullability and the names of the items of lists make no difference. */
export function haveSameValues(one: DataType, other: DataType): boolean {
  return typeText(one) === typeText(other);
}

/** Whether a value is a field of an archetype. */
export function isField(value: unknown): value is TypedField<unknown> {
  return typeof value === "object" && value !== null && "descriptor" in value && "type" in value && "label" in value;
}
