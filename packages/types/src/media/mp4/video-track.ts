import { RerunError } from "@rerun-ts/core";
import { InvalidValueError } from "@rerun-ts/core/checks";
import type { VideoCodec } from "../../gen/components/video-codec.ts";
import { annexBConverter } from "../video/annex-b.ts";
import { isAv1Keyframe } from "../video/keyframes.ts";
import { box } from "./write/box.ts";
import { boxesIn, find, need, textAt, versioned } from "./boxes.ts";

/** The first video of a file. */
export interface VideoTrack {
  readonly id: number;
  /** Units of time per second. */
  readonly timescale: number;
  readonly codec: VideoCodec;
  /** The tables of the frames: the box `stbl`. */
  readonly samples: DataView;
  /** The sample entry of the codec: a box. */
  readonly entry: Uint8Array;
  /** The matrix and the size of the box `tkhd`. */
  readonly display: Uint8Array;
  /** A frame in the form that viewers need. */
  readonly convert: (frame: Uint8Array, isKeyframe: boolean) => Uint8Array<ArrayBuffer>;
}

/** The bytes of a sample entry for video before its boxes. Source: ISO/IEC 14496-12, "VisualSampleEntry". */
const ENTRY_BYTES = 78;
/** The bytes of the matrix, the width and the height at the end of `tkhd`. Source: ISO/IEC 14496-12, 8.3.2. */
const DISPLAY_BYTES = 44;
/** The bytes of `av1C` before its OBUs. Source: AV1 codec ISO media file format binding, 2.3.3. */
const AV1C_BYTES = 4;

/** Makes frames as viewers need them, from the sample entry of the codec. */
type FrameConverter = VideoTrack["convert"];

const CODECS: Readonly<Record<string, { readonly codec: VideoCodec; readonly configuration: string | undefined }>> = {
  avc1: { codec: "H264", configuration: "avcC" },
  avc3: { codec: "H264", configuration: "avcC" },
  hvc1: { codec: "H265", configuration: "hvcC" },
  hev1: { codec: "H265", configuration: "hvcC" },
  av01: { codec: "AV1", configuration: "av1C" },
  vp08: { codec: "VP8", configuration: undefined },
  vp09: { codec: "VP9", configuration: undefined },
};

/**
 * Reads the first video track of the payload of a box `moov`.
 *
 * @throws {RerunError} `UNSUPPORTED` if viewers do not show its codec. Throws `InvalidValueError` or `RangeError` if the
 * box is damaged
 */
export function readVideoTrack(movie: DataView): VideoTrack {
  for (const { type, view } of boxesIn(movie, 0)) {
    if (type !== "trak") continue;
    const media = find(view, "mdia");
    const handler = media === undefined ? undefined : find(media, "hdlr");
    if (media === undefined || handler === undefined || textAt(handler, 8) !== "vide") continue;
    const timescale = versioned(need(media, "mdhd"), 12, 20).getUint32(0);
    if (timescale === 0) throw new InvalidValueError("a video with a time scale", "0 units per second", true);
    const id = versioned(need(view, "tkhd"), 12, 20).getUint32(0);
    const samples = need(need(media, "minf"), "stbl");
    const display = bytesIn(need(view, "tkhd")).slice(-DISPLAY_BYTES);
    return { id, timescale, samples, display, ...readCodec(samples) };
  }
  throw new InvalidValueError("a file with a video", "one without", false);
}

function readCodec(samples: DataView): Pick<VideoTrack, "codec" | "convert" | "entry"> {
  const [entry] = boxesIn(need(samples, "stsd"), 8);
  if (entry === undefined) throw new InvalidValueError("an MP4 video", "a video without a codec", false);
  const { type, view } = entry;
  const whole = box(type, bytesIn(view));
  const known = Object.hasOwn(CODECS, type) ? CODECS[type] : undefined;
  if (known === undefined) {
    const reason = type === "encv" ? "it is encrypted" : `its codec is \`${type}\`, not H.264, H.265, AV1, VP8 or VP9`;
    throw new RerunError("UNSUPPORTED", `viewers cannot show this video: ${reason}`);
  }
  const { codec, configuration } = known;
  const boxes = boxesIn(view, ENTRY_BYTES);
  const record = boxes.find((one) => one.type === configuration)?.view;
  if (codec !== "H264" && codec !== "H265")
    return { codec, entry: whole, convert: codec === "AV1" ? av1Converter(record) : copy };
  if (record === undefined)
    throw new InvalidValueError("an MP4 video", `a file without the box \`${configuration}\``, false);
  return { codec, entry: whole, convert: annexBConverter(codec, bytesIn(record)) };
}

const copy: FrameConverter = (frame) => frame.slice();

/** Prepends the sequence header of the configuration to key frames without one, because decoders start with it. */
function av1Converter(record: DataView | undefined): FrameConverter {
  const header = record === undefined ? new Uint8Array() : bytesIn(record).slice(AV1C_BYTES);
  return (frame, isKeyframe) => {
    if (!isKeyframe || header.byteLength === 0 || isAv1Keyframe(frame)) return frame.slice();
    const whole = new Uint8Array(header.byteLength + frame.byteLength);
    whole.set(header);
    whole.set(frame, header.byteLength);
    return whole;
  };
}

function bytesIn({ buffer, byteOffset, byteLength }: DataView): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
