// Loaded lazily: programs without videos load no decoder.
import { decodeMessage, readBuffers } from "@rerun-ts/core/rrd";
import { CODECS_BY_NUMBER, isKeyframe, type VideoCodec } from "@rerun-ts/types/media";

const SAMPLE = "VideoStream:sample";
const CODEC = "VideoStream:codec";
const IS_KEYFRAME = "VideoStream:is_keyframe";
const COLUMNS: ReadonlySet<string> = new Set([SAMPLE, CODEC, IS_KEYFRAME]);

/** The codec of a video in a chunk, if it has one. */
export function codecOfChunk(payload: Uint8Array): VideoCodec | undefined {
  return codecIn(columnsOf(payload));
}

/** Whether the first frame of a chunk is a key frame, by its label, or else by its contents. */
export function beginsWithKeyframe(payload: Uint8Array, knownCodec: VideoCodec | undefined): boolean {
  const columns = columnsOf(payload);
  const label = firstItem(columns.get(IS_KEYFRAME));
  if (label !== undefined) return isSet(label);
  const codec = codecIn(columns) ?? knownCodec;
  const sample = firstBytes(columns.get(SAMPLE));
  return codec !== undefined && sample !== undefined && isKeyframe(codec, sample);
}

/** Whether a decoder can start at a frame of a chunk, by its labels, or else by the frames. */
export interface VideoFacts {
  /** The codec in the chunk, if it has one. */
  readonly codec: VideoCodec | undefined;
  /** Whether it has frames. */
  readonly hasFrames: boolean;
  /** `undefined` if that is unknown, for example without a codec. */
  readonly hasKeyframe: boolean | undefined;
}

/** The facts of a chunk with some rows, if it is of a video with a codec that is known from other chunks. */
export function videoFacts(arrow: Uint8Array, rows: number, knownCodec: VideoCodec | undefined): VideoFacts {
  const columns = readBuffers(arrow, COLUMNS);
  const [samples, labels] = [columns.get(SAMPLE), columns.get(IS_KEYFRAME)];
  const codec = codecIn(columns);
  let hasFrames = false;
  let hasKeyframe: boolean | undefined = false;
  for (let row = 0; row < rows && hasKeyframe !== true; row++) {
    const sample = firstBytes(samples, row);
    if (sample === undefined) continue;
    hasFrames = true;
    const used = codec ?? knownCodec;
    const label = firstItem(labels, row);
    if (label !== undefined) hasKeyframe = isSet(label) || hasKeyframe;
    else if (used === undefined) hasKeyframe = undefined;
    else if (isKeyframe(used, sample)) hasKeyframe = true;
  }
  return { codec, hasFrames, hasKeyframe };
}

type Columns = ReadonlyMap<string, readonly Uint8Array[]>;

/** The columns of a chunk. Empty if the chunk cannot be read, for example because of another program's Arrow types. */
function columnsOf(payload: Uint8Array): Columns {
  try {
    const message = decodeMessage("chunk", payload);
    return message.kind === "chunk" ? readBuffers(message.readArrow(), COLUMNS) : new Map();
  } catch {
    return new Map();
  }
}

function codecIn(columns: Columns): VideoCodec | undefined {
  const item = firstItem(columns.get(CODEC));
  if (item === undefined || item.values.byteLength < 4 * (item.at + 1)) return undefined;
  return CODECS_BY_NUMBER.get(viewOf(item.values).getUint32(4 * item.at, true));
}

/** The values of all items of a column, and the place of one. */
interface Item {
  readonly values: Uint8Array;
  readonly at: number;
}

function isSet({ values, at }: Item): boolean {
  return ((values[at >> 3] ?? 0) & (1 << (at & 7))) !== 0;
}

/** The first item of the list in a row. */
function firstItem(buffers: readonly Uint8Array[] | undefined, row = 0): Item | undefined {
  const [at, values] = [firstIndex(buffers, row), buffers?.at(-1)];
  return at === undefined || values === undefined ? undefined : { values, at };
}

/** The bytes of the first item in a row: binary data, or a list of bytes. */
function firstBytes(buffers: readonly Uint8Array[] | undefined, row = 0): Uint8Array | undefined {
  const [at, offsets, bytes] = [firstIndex(buffers, row), buffers?.[3], buffers?.at(-1)];
  if (at === undefined || offsets === undefined || bytes === undefined || offsets.byteLength < 4 * (at + 2))
    return undefined;
  const view = viewOf(offsets);
  return bytes.subarray(view.getUint32(4 * at, true), view.getUint32(4 * at + 4, true));
}

/** The index of the first item of the list in a row, or `undefined` if there is none. */
function firstIndex(buffers: readonly Uint8Array[] | undefined, row: number): number | undefined {
  const [validity, offsets] = buffers ?? [];
  if (validity === undefined || offsets === undefined || offsets.byteLength < 4 * (row + 2)) return undefined;
  if (validity.byteLength > 0 && ((validity[row >> 3] ?? 0) & (1 << (row & 7))) === 0) return undefined;
  const view = viewOf(offsets);
  const start = view.getUint32(4 * row, true);
  return start < view.getUint32(4 * row + 4, true) ? start : undefined;
}

function viewOf({ buffer, byteOffset, byteLength }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, byteLength);
}
