import type { VideoCodec } from "../../../gen/components/video-codec.ts";
import { Av1Format } from "./av1-format.ts";
import { H264Format } from "./h264-format.ts";
import { H265Format } from "./h265-format.ts";
import type { StoredFormat } from "./stored-format.ts";
import { VpxFormat } from "./vpx-format.ts";

const FORMATS: Readonly<Record<VideoCodec, () => StoredFormat>> = {
  AV1: () => new Av1Format(),
  H264: () => new H264Format(),
  H265: () => new H265Format(),
  VP8: () => new VpxFormat("VP8"),
  VP9: () => new VpxFormat("VP9"),
};

/** The form that frames of a codec have in an MP4 file. */
export function formatOf(codec: VideoCodec): StoredFormat {
  return FORMATS[codec]();
}
