import { Data, RecordBatch, Struct, type DataType, type Schema } from "apache-arrow";

/** Which elements of an array are null. */
export interface Nulls {
  readonly nullCount: number;
  /** A bit for each element, set if the element is not null. `undefined` if none is null. */
  readonly bitmap: Uint8Array | undefined;
}

/** The memory of an array. Default of each part: none. */
export interface ArrayParts {
  /** The beginnings of the elements, and the end of the last. */
  readonly offsets?: Int32Array | BigInt64Array | undefined;
  readonly values?: ArrayBufferView | undefined;
  readonly nulls?: Nulls | undefined;
  readonly children?: readonly Data[];
}

/** An Arrow array over memory, which is not copied. */
export function makeArray<Type extends DataType>(
  type: Type,
  length: number,
  { offsets, values, nulls, children = [] }: ArrayParts,
): Data<Type> {
  const buffers = [offsets, values, nulls?.bitmap, undefined] as never;
  return new Data(type, 0, length, nulls?.nullCount ?? 0, buffers, [...children]);
}

/** The nulls of an array, which begins at the start of its buffers. */
export function nullsOf({ nullCount, nullBitmap }: Data): Nulls {
  return { nullCount, bitmap: nullCount > 0 ? nullBitmap : undefined };
}

/** The nulls of elements of which a function knows which are present. */
export function nullsWithout(length: number, isPresent: (index: number) => boolean): Nulls {
  const bitmap = new Uint8Array(Math.ceil(length / 64) * 8);
  let valid = 0;
  for (let index = 0; index < length; index++) {
    if (!isPresent(index)) continue;
    bitmap[index >> 3] = (bitmap[index >> 3] as number) | (1 << (index & 7));
    valid++;
  }
  return { nullCount: length - valid, bitmap: valid < length ? bitmap : undefined };
}

/** A batch of columns, which have as many elements each as the batch has rows. */
export function batchOf(schema: Schema, rows: number, columns: readonly Data[]): RecordBatch {
  return new RecordBatch(schema, makeArray(new Struct(schema.fields), rows, { children: columns }));
}
