import { RerunError } from "@rerun-ts/core";
import { TAGS, type ArrayShape } from "@rerun-ts/core/rrd";
import { DataType, DateUnit, UnionMode, type Field } from "apache-arrow";
import { storedForm, type StoredForm } from "./stored-types.ts";

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

/**
 * Describes a type's memory. Source: Arrow's columnar format.
 * @throws {RerunError} `UNSUPPORTED` if the type is unknown
 */
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

/** The name of a type. Types with the same name have the same arrays. */
export function typeText(type: DataType): string {
  const details = detailsOf(type);
  const isUsual = details.every((detail) => USUAL.has(detail));
  return isUsual ? String(type as unknown) : `${String(type as unknown)} (${details.join(", ")})`;
}

const USUAL: ReadonlySet<string> = new Set(["128 bits", "dense", "unsorted keys"]);

/** The properties of a type, and of the types inside of it, that the texts of apache-arrow lack. */
function detailsOf(type: DataType): string[] {
  const own: string[] = [];
  if (DataType.isDecimal(type)) own.push(`${type.bitWidth} bits`);
  if (DataType.isMap(type)) own.push(type.keysSorted ? "sorted keys" : "unsorted keys");
  if (DataType.isUnion(type)) {
    const ids = [...type.typeIds];
    const mode = type.mode === UnionMode.Sparse ? "sparse" : "dense";
    own.push(ids.every((id, index) => id === index) ? mode : `${mode} with the type ids ${ids.join(" ")}`);
  }
  const inside = DataType.isDictionary(type)
    ? [type.dictionary as DataType]
    : childFieldsOf(type).map((child) => child.type);
  return own.concat(...inside.map((one) => detailsOf(one as DataType)));
}

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
export function childFieldsOf(type: DataType): readonly Field[] {
  // The children of a dictionary's type belong to its values, which are stored elsewhere.
  return DataType.isDictionary(type) ? [] : ((type.children as readonly Field[] | null | undefined) ?? []);
}

/** Parts of a type that determine the places of the buffers of its stored arrays. */
export function shapeOf(type: DataType): ArrayShape<DataType> {
  const form = storedForm(type);
  // Run-end encoded values may be a dictionary, but the array of runs is none.
  const isDictionary = form === undefined && DataType.isDictionary(type);
  const isSparse = DataType.isUnion(type) && type.mode === UnionMode.Sparse;
  const children = form?.kind === "run-ends" ? [form.ends, form.values] : childFieldsOf(type);
  return { tag: form === undefined ? type.typeId : FORM_TAGS[form.kind], isDictionary, isSparse, children };
}

const FORM_TAGS: Readonly<Record<StoredForm["kind"], number>> = {
  view: TAGS.utf8View,
  "run-ends": TAGS.runEndEncoded,
  "list-view": TAGS.listView,
};
