import { PRIMITIVE_WIDTHS, type ArrowType } from "../arrow/arrow-type.ts";
import type { EncodedMessage } from "../rrd/encode/encoded-message.ts";
import { isBitSet } from "./array-reader.ts";
import { readStoredRows, type RowsColumn } from "./stored-rows.ts";

/** A value that a condition can test. */
export type WatchedValue = number | string | boolean;

/** Components that are tested unless a condition names one, the first one first. */
const USUAL: readonly string[] = ["Scalars:scalars", "TextLog:text", "TextDocument:text"];

/** The values of a component in a chunk, row by row. `undefined` if the chunk has no such component. */
export function watchedValues(message: EncodedMessage, component: string | undefined): WatchedValue[] | undefined {
  const { rows, columns } = readStoredRows(message);
  const readable = columns.filter(({ arrow }) => readerOf(arrow) !== undefined);
  const names = component === undefined ? USUAL : [component];
  const usual = names
    .map((name) => readable.find(({ descriptor }) => descriptor.component === name))
    .find((column) => column !== undefined);
  const column = usual ?? (component === undefined && readable.length === 1 ? readable[0] : undefined);
  const read = column && readerOf(column.arrow);
  if (column === undefined || read === undefined) return undefined;
  return instancesIn(column, rows).map((index) => read(column.parts.buffers, index));
}

type ReadValue = (buffers: readonly Uint8Array[], index: number) => WatchedValue;

/** Reads an instance. The first two buffers are those of the lists, the third has the nulls of instances. */
function readerOf({ type }: ArrowType): ReadValue | undefined {
  if (type === "Bool") return (buffers, index) => isBitSet(buffers[3] as Uint8Array, index);
  if (type === "Utf8") return readText;
  const read = NUMBERS[type];
  const width = (PRIMITIVE_WIDTHS as Readonly<Record<string, number>>)[type];
  if (read === undefined || width === undefined) return undefined;
  return (buffers, index) => read(viewOf(buffers[3] as Uint8Array), index * width);
}

const NUMBERS: Readonly<Record<string, (view: DataView, at: number) => number>> = {
  Int8: (view, at) => view.getInt8(at),
  Int16: (view, at) => view.getInt16(at, true),
  Int32: (view, at) => view.getInt32(at, true),
  Int64: (view, at) => Number(view.getBigInt64(at, true)),
  UInt8: (view, at) => view.getUint8(at),
  UInt16: (view, at) => view.getUint16(at, true),
  UInt32: (view, at) => view.getUint32(at, true),
  UInt64: (view, at) => Number(view.getBigUint64(at, true)),
  Float32: (view, at) => view.getFloat32(at, true),
  Float64: (view, at) => view.getFloat64(at, true),
};

function readText([, , , offsets, bytes]: readonly Uint8Array[], index: number): string {
  const view = viewOf(offsets as Uint8Array);
  const text = (bytes as Uint8Array).subarray(view.getInt32(index * 4, true), view.getInt32(index * 4 + 4, true));
  return new TextDecoder().decode(text);
}

function instancesIn(column: RowsColumn, rows: number): number[] {
  const offsets = viewOf(column.parts.buffers[1] as Uint8Array);
  const found: number[] = [];
  for (let row = 0; row < rows; row++) {
    if (!column.isValid(row)) continue;
    const end = offsets.getInt32(row * 4 + 4, true);
    for (let index = offsets.getInt32(row * 4, true); index < end; index++) found.push(index);
  }
  return found;
}

function viewOf({ buffer, byteOffset, byteLength }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, byteLength);
}
