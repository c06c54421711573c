import { RerunError } from "@rerun-ts/core";
import { DataType, DateUnit, UnionMode, type Field } from "apache-arrow";
import { storedForm } from "./stored-types.ts";

/** Layout of an Arrow type in memory, which many types share. */
export type Layout =
  | { readonly kind: "null" }
  | { readonly kind: "bits" }
  /** Values of `width` bytes. */
  | { readonly kind: "fixed"; readonly width: number }
  /** Offsets of `width` bytes into bytes. */
  | { readonly kind: "bytes"; readonly width: 4 | 8 }
  /** Offsets of `width` bytes into the only child. */
  | { readonly kind: "list"; readonly width: 4 | 8 }
  | { readonly kind: "fixed-list"; readonly size: number }
  | { readonly kind: "struct" }
  | { readonly kind: "union"; readonly isDense: boolean }
  | { readonly kind: "dictionary"; readonly width: number };

/** Describes a type's memory. Source: Arrow's columnar format. @throws {RerunError} `UNSUPPORTED` if it is unknown */
export function layoutOf(type: DataType): Layout {
  if (DataType.isNull(type)) return { kind: "null" };
  if (DataType.isBool(type)) return { kind: "bits" };
  if (DataType.isUtf8(type) || DataType.isBinary(type)) return { kind: "bytes", width: 4 };
  if (DataType.isLargeUtf8(type) || DataType.isLargeBinary(type)) return { kind: "bytes", width: 8 };
  if (DataType.isList(type) || DataType.isMap(type)) return { kind: "list", width: 4 };
  if (DataType.isLargeList(type)) return { kind: "list", width: 8 };
  if (DataType.isFixedSizeList(type)) return { kind: "fixed-list", size: type.listSize };
  if (DataType.isStruct(type)) return { kind: "struct" };
  if (DataType.isUnion(type)) return { kind: "union", isDense: type.mode === UnionMode.Dense };
  if (DataType.isDictionary(type)) return { kind: "dictionary", width: type.indices.bitWidth / 8 };
  return { kind: "fixed", width: widthOf(type) };
}

function widthOf(type: DataType): number {
  if (DataType.isInt(type) || DataType.isTime(type) || DataType.isDecimal(type)) return type.bitWidth / 8;
  if (DataType.isFloat(type)) return 2 << type.precision;
  if (DataType.isDate(type)) return type.unit === DateUnit.DAY ? 4 : 8;
  if (DataType.isTimestamp(type) || DataType.isDuration(type)) return 8;
  if (DataType.isInterval(type)) return [4, 8, 16][type.unit] ?? 8;
  if (DataType.isFixedSizeBinary(type)) return type.byteWidth;
  throw new RerunError("UNSUPPORTED", `the Arrow type ${typeText(type)} cannot be read`);
}

/** The name of a type, for messages. */
export function typeText(type: DataType): string {
  return String(type as unknown);
}

/** A constructor of typed arrays. */
export interface TypedArrayConstructor {
  new (buffer: ArrayBufferLike, offset?: number, length?: number): ArrayBufferView;
  readonly BYTES_PER_ELEMENT: number;
}

/** The typed array in which apache-arrow expects the values of a type. */
export function arrayTypeOf(type: DataType): TypedArrayConstructor {
  const own = DataType.isDictionary(type) ? type.indices : type;
  return (own as unknown as { ArrayType: TypedArrayConstructor }).ArrayType;
}

/** The fields of a type's children. */
export function childrenOf(type: DataType): readonly Field[] {
  // A dictionary's children are those of its values, which are elsewhere.
  return DataType.isDictionary(type) ? [] : ((type.children as readonly Field[] | null | undefined) ?? []);
}

/** Number of buffers that an array of this layout has itself, without those of its children. */
export function ownBuffers(layout: Layout): number {
  switch (layout.kind) {
    case "null":
      return 0;
    case "struct":
    case "fixed-list":
      return 1;
    case "bytes":
      return 3;
    case "union":
      return layout.isDense ? 2 : 1;
    case "bits":
    case "fixed":
    case "list":
    case "dictionary":
    default:
      return 2;
  }
}

/** A position in the nodes, the buffers and the views of a record batch. */
export interface Place {
  readonly node: number;
  readonly buffer: number;
  readonly view: number;
}

/**
 * The position behind an array of this type, and behind its children.
 * @param views how many further buffers each array of views has
 */
export function placeAfter(type: DataType, before: Place, views: readonly number[]): Place {
  const form = storedForm(type);
  const isView = form?.kind === "view";
  const own = isView ? 2 + (views[before.view] ?? 0) : storedBuffers(type);
  const after = { node: before.node + 1, buffer: before.buffer + own, view: before.view + (isView ? 1 : 0) };
  const children = form?.kind === "run-ends" ? [form.ends, form.values] : childrenOf(type);
  return children.reduce<Place>((place, child) => placeAfter(child.type, place, views), after);
}

function storedBuffers(type: DataType): number {
  const kind = storedForm(type)?.kind;
  return kind === "run-ends" ? 0 : kind === "list-view" ? 3 : ownBuffers(layoutOf(type));
}
