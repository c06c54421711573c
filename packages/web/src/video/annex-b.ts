import { annexBConverter, type VideoCodec } from "@rerun-ts/types/media";

/**
 * A frame in the form that viewers need: as it is, or in Annex B if the encoder has put its parameter sets into a
 * description instead, as WebKit does.
 */
export function toAnnexB(
  codec: VideoCodec,
  frame: Uint8Array<ArrayBuffer>,
  isKeyframe: boolean,
  description: Uint8Array | undefined,
): Uint8Array<ArrayBuffer> {
  if (description === undefined || (codec !== "H264" && codec !== "H265")) return frame;
  return annexBConverter(codec, description)(frame, isKeyframe);
}
