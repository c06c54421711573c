import type { BoolBuilder, PrimitiveBuilder } from "../arrow/builder/leaf-builders.ts";
import type { ListBuilder } from "../arrow/builder/nested-builders.ts";
import type { ChunkComponent } from "./logged-chunk.ts";

/** The beginning of the names of the components of a video stream. */
export const VIDEO = "VideoStream:";
const SAMPLE = "VideoStream:sample";
const CODEC = "VideoStream:codec";
const IS_KEYFRAME = "VideoStream:is_keyframe";

/** The columns of the row under construction, by component. */
type Columns = ReadonlyMap<string, ChunkComponent>;

/** The codec in a row, as Rerun's number, or `undefined` if the row has none. */
export function codecInRow(columns: Columns, row: number): number | undefined {
  const cells = columns.get(CODEC)?.cells;
  const at = lastItem(cells, row);
  return cells === undefined || at === undefined
    ? undefined
    : (cells.item as PrimitiveBuilder).data.view.getUint32(4 * at, true);
}

/**
 * Whether a decoder can start at the frame in a row, by its label, or else by its contents. `undefined` if the row has
 * no frame, or if that is unknown.
 *
 * @param codec the codec of the entity, if it was logged
 */
export function isGroupStart(columns: Columns, row: number, codec: number | undefined): boolean | undefined {
  const samples = columns.get(SAMPLE);
  const frame = lastItem(samples?.cells, row);
  if (samples === undefined || frame === undefined) return undefined;
  const labels = columns.get(IS_KEYFRAME)?.cells;
  const label = lastItem(labels, row);
  if (labels !== undefined && label !== undefined) return (labels.item as BoolBuilder).at(label);
  const isKeyframe = samples.field.type.isKeyframe;
  if (isKeyframe === undefined || codec === undefined) return undefined;
  const blobs = samples.cells.item as ListBuilder<PrimitiveBuilder>;
  const [start, end] = blobs.bounds(frame);
  return isKeyframe(codec, blobs.item.data.bytes.subarray(start, end));
}

/** The index of the only item in a row, or `undefined` if the row has none or several. */
function lastItem(cells: ListBuilder | undefined, row: number): number | undefined {
  if (cells === undefined || cells.length <= row) return undefined;
  const [start, end] = cells.bounds(row);
  return end === start + 1 ? start : undefined;
}
