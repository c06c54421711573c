import { whyMissing } from "../page/missing-feature.ts";
import { RerunError } from "@rerun-ts/core";
import type { VideoCodec } from "@rerun-ts/types/media";

/** A codec of {@link logCanvas} and the like: a codec of Rerun, or `"JPEG"` for separate images. */
export type WebVideoCodec = VideoCodec | "JPEG";

/** The codecs of video streams, in the order in which `"auto"` tries them. H265 is only used on request. */
export const VIDEO_CODECS: readonly VideoCodec[] = ["AV1", "H264", "VP9", "VP8", "H265"];

/** A codec string of WebCodecs, and the size of the largest frame of its level in pixels. */
export interface CodecLevel {
  readonly maxPixels: number;
  readonly codec: string;
}

/**
 * The codec strings with the lowest levels that common sizes need. Sources: W3C WebCodecs Codec Registry, and the
 * tables of levels in the AV1 bitstream specification (annex A.3), ITU-T H.264 (A.3), H.265 (A.4) and VP9 (annex A).
 */
const LEVELS: Readonly<Record<VideoCodec, readonly CodecLevel[]>> = {
  AV1: [
    { maxPixels: 665_856, codec: "av01.0.04M.08" },
    { maxPixels: 1_065_024, codec: "av01.0.05M.08" },
    { maxPixels: 2_359_296, codec: "av01.0.08M.08" },
    { maxPixels: 8_912_896, codec: "av01.0.12M.08" },
  ],
  H264: [
    { maxPixels: 921_600, codec: "avc1.42E01F" },
    { maxPixels: 2_097_152, codec: "avc1.42E028" },
    { maxPixels: 9_437_184, codec: "avc1.42E033" },
  ],
  VP9: [
    { maxPixels: 983_040, codec: "vp09.00.31.08" },
    { maxPixels: 2_228_224, codec: "vp09.00.41.08" },
    { maxPixels: 8_912_896, codec: "vp09.00.51.08" },
  ],
  VP8: [{ maxPixels: Infinity, codec: "vp8" }],
  H265: [
    { maxPixels: 983_040, codec: "hev1.1.6.L93.B0" },
    { maxPixels: 2_228_224, codec: "hev1.1.6.L120.B0" },
    { maxPixels: 8_912_896, codec: "hev1.1.6.L150.B0" },
  ],
};

/** The levels of a codec, smallest first. */
export function levelsOf(codec: VideoCodec): readonly CodecLevel[] {
  return LEVELS[codec];
}

/** The part of an encoder's configuration that depends on the codec. */
export const FORMATS: Readonly<Record<VideoCodec, Partial<VideoEncoderConfig> & { readonly hevc?: object }>> = {
  AV1: {},
  H264: { avc: { format: "annexb" } },
  VP9: {},
  VP8: {},
  H265: { hevc: { format: "annexb" } },
};

/**
 * Chooses the codec for frames of a size: the requested one, or for `"auto"` the first that the browser encodes, else
 * JPEG.
 *
 * @throws {RerunError} `UNSUPPORTED` if the browser does not encode the requested codec
 */
export async function chooseCodec(
  wanted: WebVideoCodec | "auto",
  size: { readonly width: number; readonly height: number },
): Promise<WebVideoCodec> {
  if (wanted === "JPEG") return wanted;
  const candidates = wanted === "auto" ? VIDEO_CODECS.filter((codec) => codec !== "H265") : [wanted];
  for (const codec of candidates) if (await canEncode(codec, size)) return codec;
  if (wanted === "auto") return "JPEG";
  const reason = typeof VideoEncoder === "undefined" ? whyMissing("WebCodecs") : "see `codec` for the others";
  throw new RerunError(
    "UNSUPPORTED",
    `\`codec\` must be one that this browser encodes, got ${wanted} for ${size.width}×${size.height}: ${reason}`,
    { argument: "codec" },
  );
}

async function canEncode(
  codec: VideoCodec,
  { width, height }: { readonly width: number; readonly height: number },
): Promise<boolean> {
  if (typeof VideoEncoder === "undefined") return false;
  const level = levelsOf(codec).find(({ maxPixels }) => width * height <= maxPixels);
  if (level === undefined) return false;
  // Loads WebKitGTK's media library, without which WebCodecs would crash.
  if (typeof document !== "undefined") document.createElement("video").canPlayType("video/mp4");
  try {
    const config = { codec: level.codec, ...FORMATS[codec], ...evenSize(width, height) };
    return (await VideoEncoder.isConfigSupported(config)).supported === true;
  } catch {
    // The browser does not know the codec string.
    return false;
  }
}

/** A size without odd numbers, which encoders do not support because colours have half the resolution. */
function evenSize(width: number, height: number): { readonly width: number; readonly height: number } {
  return { width: Math.max(2, width & ~1), height: Math.max(2, height & ~1) };
}
