import { ArrayCollector, addDictionaries } from "@rerun-ts/core/rrd";
import { DataType, type Data } from "apache-arrow";
import { layoutOf } from "../arrays/layout.ts";
import { gather } from "../arrays/gather.ts";
import { RowRanges } from "../arrays/row-ranges.ts";

/** Adds the nodes, the buffers and the dictionaries of an array. */
export function collectData(out: ArrayCollector, data: Data): void {
  addArray(out, data);
  addDictionaries(
    out,
    dictionariesIn(data).map((values) => {
      const arrays = new ArrayCollector();
      addArray(arrays, values);
      return { arrays, length: values.length };
    }),
  );
}

/** Adds the nodes and buffers of an array that begins at the start of its buffers. */
function addArray(
  out: ArrayCollector,
  { type, length, nullCount, nullBitmap, values, valueOffsets, typeIds, children }: Data,
): void {
  const layout = layoutOf(type);
  const hasValidity = layout.kind !== "null" && layout.kind !== "union";
  out.node(length, layout.kind === "null" ? length : hasValidity ? nullCount : 0);
  if (hasValidity) out.buffer(nullCount > 0 ? bytesOf(nullBitmap, Math.ceil(length / 8)) : new Uint8Array(0));
  if (layout.kind === "union") out.buffer(bytesOf(typeIds, length));
  if (layout.kind === "union" && layout.isDense) out.buffer(bytesOf(valueOffsets, length * 4));
  if (layout.kind === "list" || layout.kind === "bytes")
    out.buffer(bytesOf(valueOffsets, (length + 1) * layout.width), layout.width, true);
  if (layout.kind === "bytes") out.buffer(bytesOf(values, Number((valueOffsets as Int32Array)[length])));
  if (layout.kind === "bits") out.buffer(bytesOf(values, Math.ceil(length / 8)));
  if (layout.kind === "fixed" || layout.kind === "dictionary")
    out.buffer(bytesOf(values, length * layout.width), layout.width);
  for (const child of children) addArray(out, child);
}

function bytesOf(values: unknown, length: number): Uint8Array {
  const { buffer, byteOffset } = values as ArrayBufferView;
  return new Uint8Array(buffer, byteOffset, length);
}

/** The values of all dictionaries, in the order in which a schema numbers them. */
function dictionariesIn(data: Data): readonly Data[] {
  const { type, dictionary, children } = data;
  if (!DataType.isDictionary(type)) return children.flatMap(dictionariesIn);
  const values = dictionary?.data[0] ?? gather(type.dictionary, [], new RowRanges());
  return [values as Data, ...dictionariesIn(values as Data)];
}
