import type { VideoCodec } from "../../gen/components/video-codec.ts";
import { isAv1Keyframe, isVp8Keyframe, isVp9Keyframe } from "./keyframes.ts";

/** Whether a decoder can start at a frame, as defined for `VideoStream`. */
export function isKeyframe(codec: VideoCodec, sample: Uint8Array): boolean {
  return KEYFRAMES[codec](sample);
}

const KEYFRAMES: Readonly<Record<VideoCodec, (sample: Uint8Array) => boolean>> = {
  AV1: isAv1Keyframe,
  VP8: isVp8Keyframe,
  VP9: isVp9Keyframe,
  // Instantaneous decoder refresh. Source: ITU-T H.264, table 7-1.
  H264: (sample) => hasNal(sample, (header) => (header & 31) === 5),
  // Random access points. Source: ITU-T H.265, table 7-1.
  H265: (sample) => hasNal(sample, (header) => ((header >> 1) & 63) >= 16 && ((header >> 1) & 63) <= 23),
};

/** Whether a frame in Annex B form has a NAL unit with such a header. */
function hasNal(sample: Uint8Array, isWanted: (header: number) => boolean): boolean {
  for (let at = sample.indexOf(1, 2); at > 0; at = sample.indexOf(1, at + 1)) {
    const header = sample[at + 1];
    if (header !== undefined && sample[at - 1] === 0 && sample[at - 2] === 0 && isWanted(header)) return true;
  }
  return false;
}
