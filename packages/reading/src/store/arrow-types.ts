import { RerunError } from "@rerun-ts/core";
import { DataType, Duration, Field, Int64, List, TimeUnit, Timestamp } from "apache-arrow";
import { typeText } from "../arrays/layout.ts";

/** Chunks share their schemas, so the same types come again and again. */
const lists = new WeakMap<DataType, List>();
const keys = new WeakMap<DataType, string>();

/** The type of a component's column: a list of instances for each row. */
export function listType(type: DataType): List {
  const known = lists.get(type);
  if (known !== undefined) return known;
  const list = new List(new Field("item", DataType.isList(type) ? type.valueType : type, true));
  lists.set(type, list);
  return list;
}

/** The type of a timeline's column without insignificant parts, or `undefined` if times cannot have this type. */
export function timelineType(type: DataType): DataType | undefined {
  if (DataType.isInt(type)) return type.bitWidth === 64 && type.isSigned ? new Int64() : undefined;
  if (DataType.isTimestamp(type)) return type.unit === TimeUnit.NANOSECOND ? new Timestamp(type.unit, null) : undefined;
  if (DataType.isDuration(type)) return type.unit === TimeUnit.NANOSECOND ? new Duration(type.unit) : undefined;
  return undefined;
}

/** The type of the times of a timeline. @throws {RerunError} `INVALID_FORMAT` if times cannot have this type */
export function typeOfTimeline(name: string, type: DataType): DataType {
  const times = timelineType(type);
  if (times !== undefined) return times;
  throw new RerunError("INVALID_FORMAT", `the timeline \`${name}\` has the type ${typeText(type)}`);
}

/** A string that is equal for equal types only. */
export function typeKey(type: DataType): string {
  const known = keys.get(type);
  if (known !== undefined) return known;
  const key = findKey(type);
  keys.set(type, key);
  return key;
}

function findKey(type: DataType): string {
  if (DataType.isDictionary(type)) return `dictionary<${typeKey(type.indices)},${typeKey(type.dictionary)}>`;
  const children = (type.children as readonly Field[] | null | undefined) ?? [];
  const inside = children.map(({ name, nullable, type: child }) => `${name}${nullable ? "?" : ""}:${typeKey(child)}`);
  return inside.length === 0 ? typeText(type) : `${typeText(type)}[${inside.join()}]`;
}
