import { Binary, DataType, LargeList, List, Utf8, type Field } from "apache-arrow";

/** Stored form of arrays that apache-arrow has no class for. They are read in their plain form. */
export type StoredForm =
  /** Strings or bytes as views. */
  | { readonly kind: "view" }
  /** Ends of runs of equal values, and one value for each. */
  | { readonly kind: "run-ends"; readonly ends: Field; readonly values: Field }
  /** Lists by their offsets and sizes, of `width` bytes each. */
  | { readonly kind: "list-view"; readonly width: 4 | 8 };

const forms = new WeakMap<DataType, StoredForm>();

/** Stored form of arrays of this type, or `undefined` for the plain form. */
export function storedForm(type: DataType): StoredForm | undefined {
  return forms.get(type);
}

function stored<Type extends DataType>(type: Type, form: StoredForm): Type {
  forms.set(type, form);
  return type;
}

/** The type of strings that are stored as views. */
export function utf8View(): DataType {
  return stored(new Utf8(), { kind: "view" });
}

/** The type of bytes that are stored as views. */
export function binaryView(): DataType {
  return stored(new Binary(), { kind: "view" });
}

/** The type of lists that are stored as views. */
export function listView(item: Field | undefined): DataType | undefined {
  return item && stored(new List(item), { kind: "list-view", width: 4 });
}

/** The type of large lists that are stored as views. */
export function largeListView(item: Field | undefined): DataType | undefined {
  return item && stored(new LargeList(item), { kind: "list-view", width: 8 });
}

/** The type of run-end encoded values, or `undefined` if the ends of runs cannot have their type. */
export function runEndEncoded(
  ends: Field<DataType> | undefined,
  values: Field<DataType> | undefined,
): DataType | undefined {
  if (ends === undefined || values === undefined) return undefined;
  if (!DataType.isInt(ends.type) || !ends.type.isSigned || ends.type.bitWidth === 8) return undefined;
  // A copy, because the values have the type itself, and may be stored in another form.
  const type = Object.assign(Object.create(Object.getPrototypeOf(values.type) as object) as DataType, values.type);
  return stored(type, { kind: "run-ends", ends, values });
}
