/** Parts of an Arrow type that decide where the buffers of its arrays are. */
export interface ArrayShape<Type> {
  /** The number of the type in Arrow's format/Schema.fbs. */
  readonly tag: number;
  /** Whether the array has indices into values elsewhere. Such an array has no children. */
  readonly isDictionary: boolean;
  /** Whether a union has no offsets. */
  readonly isSparse: boolean;
  readonly children: readonly { readonly type: Type }[];
}

/** A position in the nodes, the buffers and the views of a record batch. */
export interface BufferPlace {
  readonly node: number;
  readonly buffer: number;
  readonly view: number;
}

/** Numbers from Arrow's format/Schema.fbs. */
export const TAGS = {
  union: 14,
  runEndEncoded: 22,
  binaryView: 23,
  utf8View: 24,
  listView: 25,
  largeListView: 26,
} as const;

/**
 * The number of buffers of an array, without its children, by the tag of its type. Types that are not listed have two.
 * Source: Arrow's columnar format.
 */
const BUFFERS: Readonly<Record<number, number>> = {
  1: 0, // Null
  4: 3, // Binary
  5: 3, // Utf8
  13: 1, // Struct
  16: 1, // FixedSizeList
  19: 3, // LargeBinary
  20: 3, // LargeUtf8
  [TAGS.runEndEncoded]: 0,
  [TAGS.listView]: 3,
  [TAGS.largeListView]: 3,
};

/** The number of buffers of an array, without its children and without the variadic buffers of views. */
export function ownBuffers({ tag, isDictionary, isSparse }: ArrayShape<unknown>): number {
  if (isDictionary) return 2;
  return tag === TAGS.union && isSparse ? 1 : (BUFFERS[tag] ?? 2);
}

/**
 * The position behind an array of this type, and behind its children.
 * @param views the number of variadic buffers of each array of views
 */
export function placeAfter<Type>(
  type: Type,
  before: BufferPlace,
  views: readonly number[],
  shapeOf: (type: Type) => ArrayShape<Type>,
): BufferPlace {
  const shape = shapeOf(type);
  const isView = !shape.isDictionary && (shape.tag === TAGS.binaryView || shape.tag === TAGS.utf8View);
  const further = isView ? (views[before.view] ?? 0) : 0;
  const after: BufferPlace = {
    node: before.node + 1,
    buffer: before.buffer + ownBuffers(shape) + further,
    view: before.view + (isView ? 1 : 0),
  };
  if (shape.isDictionary) return after;
  return shape.children.reduce((place, child) => placeAfter(child.type, place, views, shapeOf), after);
}
