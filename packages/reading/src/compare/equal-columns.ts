import { DataType, type Data } from "apache-arrow";
import { equalBytes } from "../arrays/equal-bytes.ts";
import { childFieldsOf, typeText } from "../arrays/layout.ts";
import type { ChunkColumn, ChunkData } from "../store/chunk-data.ts";
import type { CountedLayout } from "./counted-layout.ts";

/**
 * Finds chunks whose columns have the same bytes, so that each row of one has the same times and values as the row of
 * the other. Other chunks may have equal rows, too, such as those with `-0` for `0`.
 */
export class EqualColumns {
  /** Whether two layouts have the same columns. Many chunks share them. */
  readonly #sameLayouts = new WeakMap<CountedLayout, { readonly other: CountedLayout; readonly isSame: boolean }>();

  /** Whether the columns that count have the same bytes. Row ids do not count. */
  areIn(a: ChunkData, layoutA: CountedLayout, b: ChunkData, layoutB: CountedLayout): boolean {
    return (
      a.rows === b.rows &&
      this.#isSame(layoutA, layoutB) &&
      layoutA.timelines.every((column, index) => equalBytes(a.times(column), b.times(at(layoutB.timelines, index)))) &&
      layoutA.components.every((column, index) => equalData(a.values(column), b.values(at(layoutB.components, index))))
    );
  }

  #isSame(a: CountedLayout, b: CountedLayout): boolean {
    const known = this.#sameLayouts.get(a);
    if (known?.other === b) return known.isSame;
    const isSame =
      a.isStatic === b.isStatic &&
      a.timelineNames === b.timelineNames &&
      a.components.length === b.components.length &&
      a.components.every((column, index) => isSameColumn(column, at(b.components, index))) &&
      [...a.timelines, ...a.components].every((column, index, all) => column.name !== all[index - 1]?.name);
    this.#sameLayouts.set(a, { other: b, isSame });
    return isSame;
  }
}

function at(columns: readonly ChunkColumn[], index: number): ChunkColumn {
  return columns[index] as ChunkColumn;
}

function isSameColumn(a: ChunkColumn, b: ChunkColumn): boolean {
  const [type, other] = [a.field.type as DataType, b.field.type as DataType];
  return a.name === b.name && typeText(type) === typeText(other) && isPlain(type);
}

/** Whether the values of a type depend on its buffers alone, and can always be read. */
function isPlain(type: DataType): boolean {
  if (DataType.isList(type) || DataType.isFixedSizeList(type) || DataType.isStruct(type))
    return childFieldsOf(type).every((child) => isPlain(child.type));
  return DataType.isInt(type) || DataType.isFloat(type) || DataType.isBool(type) || DataType.isUtf8(type);
}

function equalData(a: Data, b: Data): boolean {
  if (a === b) return true;
  return (
    a.length === b.length &&
    a.offset === b.offset &&
    equalBuffers(a.nullBitmap, b.nullBitmap) &&
    equalBuffers(a.valueOffsets, b.valueOffsets) &&
    equalBuffers(a.values as ArrayBufferView | undefined, b.values as ArrayBufferView | undefined) &&
    a.children.every((child, index) => equalData(child, b.children[index] as Data))
  );
}

function equalBuffers(a: ArrayBufferView | undefined, b: ArrayBufferView | undefined): boolean {
  return a === undefined || b === undefined ? a === b : equalBytes(a, b);
}
