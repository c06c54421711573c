import type { EncodedMessage } from "../rrd/encode/encoded-message.ts";
import { isBitSet } from "./array-reader.ts";
import { readStoredRows, type RowsColumn, type StoredRows } from "./stored-rows.ts";
import { rowId, rowIdBytes } from "./row-place.ts";
import { copiedColumn, writeRows } from "./write-rows.ts";

const SAMPLE = "VideoStream:sample";
const IS_KEYFRAME = "VideoStream:is_keyframe";
const CODEC = "VideoStream:codec";

/**
 * Whether a decoder can start at a frame. `undefined` if that is unknown.
 *
 * @param codec the codec, as Rerun's number
 */
export type IsKeyframe = (codec: number, sample: Uint8Array) => boolean | undefined;

/** Whether a chunk has frames of a video. */
export function hasFrames({ manifest, isStatic }: EncodedMessage): boolean {
  return !isStatic && manifest?.components.some(({ descriptor }) => descriptor.component === SAMPLE) === true;
}

/** The rows of a chunk with frames, and those at which a decoder can start. */
export interface FrameRows {
  readonly rows: StoredRows;
  /** The numbers of the rows at which a decoder can start, in order. */
  readonly keyRows: readonly number[];
}

/** The codec in a chunk, as Rerun's number. `undefined` if the chunk has none. */
export function codecInChunk(message: EncodedMessage): number | undefined {
  const isCodec = message.manifest?.components.some(({ descriptor }) => descriptor.component === CODEC);
  if (isCodec !== true) return undefined;
  try {
    return codecIn(readStoredRows(message));
  } catch {
    return undefined;
  }
}

/**
 * Finds the key frames in a chunk, by their labels, or else by their contents. `undefined` if they are unknown, or the
 * chunk cannot be read.
 *
 * @param codec the codec of the video, if an earlier chunk had it
 */
export function findKeyFrames(
  message: EncodedMessage,
  isKeyframe: IsKeyframe,
  codec: number | undefined,
): FrameRows | undefined {
  try {
    const rows = readStoredRows(message);
    const labels = labelsIn(rows);
    const contents = labels.includes(undefined) ? contentsIn(rows, codecIn(rows) ?? codec, isKeyframe) : labels;
    // Programs often label key frames only.
    const isLabelled = labels.includes(true);
    const flags = labels.map((label, row) => label ?? contents[row] ?? (isLabelled ? false : undefined));
    return flags.includes(undefined)
      ? undefined
      : { rows, keyRows: flags.flatMap((isKey, row) => (isKey === true ? [row] : [])) };
  } catch {
    return undefined;
  }
}

/** The rows of a chunk from `from` to before `to`, as a chunk. */
export function sliceStoredRows(
  { storeId }: EncodedMessage,
  rows: StoredRows,
  from: number,
  to: number,
): EncodedMessage {
  const ids = new Uint8Array((to - from) * 16);
  for (let row = from; row < to; row++) ids.set(rowIdBytes(rowId(rows, row)), (row - from) * 16);
  const times = rows.times.map(({ timeline, values }) => ({
    timeline,
    values: BigInt64Array.from({ length: to - from }, (_, index) => values.getBigInt64((from + index) * 8, true)),
  }));
  const columns = rows.columns.map((column) => copiedColumn(column, from, to));
  return writeRows({ storeId, entityPath: rows.entityPath, ids, times, columns });
}

/** The labels of the rows, `undefined` for rows without one. */
function labelsIn(rows: StoredRows): readonly (boolean | undefined)[] {
  const labels = columnOf(rows, IS_KEYFRAME);
  const bits = labels?.parts.buffers[3];
  if (labels === undefined || bits === undefined) return Array.from({ length: rows.rows }, () => undefined);
  return listsOf(labels, rows.rows).map(([start, end]) => (end === start + 1 ? isBitSet(bits, start) : undefined));
}

/** Whether the frames in the rows are key frames by their contents. `undefined` without a codec. */
function contentsIn(
  rows: StoredRows,
  codec: number | undefined,
  isKeyframe: IsKeyframe,
): readonly (boolean | undefined)[] {
  const samples = columnOf(rows, SAMPLE);
  const offsets = samples?.parts.buffers[3];
  const bytes = samples?.parts.buffers.at(-1);
  if (samples === undefined || codec === undefined || offsets === undefined || bytes === undefined)
    return Array.from({ length: rows.rows }, () => undefined);
  const ends = new DataView(offsets.buffer, offsets.byteOffset, offsets.byteLength);
  return listsOf(samples, rows.rows).map(([start, end]) => {
    if (end !== start + 1) return false;
    return isKeyframe(codec, bytes.subarray(ends.getInt32(start * 4, true), ends.getInt32(end * 4, true)));
  });
}

function codecIn(rows: StoredRows): number | undefined {
  const codecs = columnOf(rows, CODEC);
  const values = codecs?.parts.buffers[3];
  const first = codecs && listsOf(codecs, rows.rows).find(([start, end]) => end > start);
  if (first === undefined || values === undefined) return undefined;
  return new DataView(values.buffer, values.byteOffset, values.byteLength).getUint32(first[0] * 4, true);
}

function columnOf({ columns }: StoredRows, component: string): RowsColumn | undefined {
  return columns.find(({ descriptor }) => descriptor.component === component);
}

/** The first instance of each row, and the one after its last. Null rows have none. */
function listsOf(column: RowsColumn, rows: number): readonly (readonly [start: number, end: number])[] {
  const offsets = column.parts.buffers[1] as Uint8Array;
  const view = new DataView(offsets.buffer, offsets.byteOffset, offsets.byteLength);
  return Array.from({ length: rows }, (_, row) =>
    column.isValid(row) ? [view.getInt32(row * 4, true), view.getInt32(row * 4 + 4, true)] : [0, 0],
  );
}
