// Loaded lazily: programs without videos load no decoder.
import { decodeMessage, readBuffers } from "@rerun-ts/core/rrd";
import { isKeyframe, type VideoCodec } from "@rerun-ts/types/media";

const SAMPLE = "VideoStream:sample";
const CODEC = "VideoStream:codec";
const IS_KEYFRAME = "VideoStream:is_keyframe";
const COLUMNS: ReadonlySet<string> = new Set([SAMPLE, CODEC, IS_KEYFRAME]);

/** The codecs by their numbers. Source: Rerun's `VideoCodec`. */
const CODECS: ReadonlyMap<number, VideoCodec> = new Map([
  [0x61763031, "AV1"],
  [0x61766331, "H264"],
  [0x68657631, "H265"],
  [0x76703038, "VP8"],
  [0x76703039, "VP9"],
]);

/** The codec of a video in a chunk, if it has one. */
export function codecOfChunk(payload: Uint8Array): VideoCodec | undefined {
  return codecIn(columnsOf(payload));
}

/** Whether the first frame of a chunk is a key frame, by its label, or else by its contents. */
export function beginsWithKeyframe(payload: Uint8Array, knownCodec: VideoCodec | undefined): boolean {
  const columns = columnsOf(payload);
  const label = firstItem(columns.get(IS_KEYFRAME));
  if (label !== undefined) return ((label.values[label.at >> 3] ?? 0) & (1 << (label.at & 7))) !== 0;
  const codec = codecIn(columns) ?? knownCodec;
  const sample = firstBytes(columns.get(SAMPLE));
  return codec !== undefined && sample !== undefined && isKeyframe(codec, sample);
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
  return CODECS.get(viewOf(item.values).getUint32(4 * item.at, true));
}

/** The first item of the list in the first row: the values of all items, and its place. */
function firstItem(
  buffers: readonly Uint8Array[] | undefined,
): { readonly values: Uint8Array; readonly at: number } | undefined {
  const [at, values] = [firstIndex(buffers), buffers?.at(-1)];
  return at === undefined || values === undefined ? undefined : { values, at };
}

/** The bytes of the first item: binary data, or a list of bytes. */
function firstBytes(buffers: readonly Uint8Array[] | undefined): Uint8Array | undefined {
  const [at, offsets, bytes] = [firstIndex(buffers), buffers?.[3], buffers?.at(-1)];
  if (at === undefined || offsets === undefined || bytes === undefined || offsets.byteLength < 4 * (at + 2))
    return undefined;
  const view = viewOf(offsets);
  return bytes.subarray(view.getUint32(4 * at, true), view.getUint32(4 * at + 4, true));
}

/** The index of the first item of the list in the first row, or `undefined` if there is none. */
function firstIndex(buffers: readonly Uint8Array[] | undefined): number | undefined {
  const [validity, offsets] = buffers ?? [];
  if (validity === undefined || offsets === undefined || offsets.byteLength < 8) return undefined;
  if (validity.byteLength > 0 && ((validity[0] as number) & 1) === 0) return undefined;
  const view = viewOf(offsets);
  const start = view.getUint32(0, true);
  return start < view.getUint32(4, true) ? start : undefined;
}

function viewOf({ buffer, byteOffset, byteLength }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, byteLength);
}
